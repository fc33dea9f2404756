"""Everything with a fit: imputation, scaling, models of judgements, and calibration.

A *target model* is fitted on a feature matrix and the labels of its rows, and answers three questions at
once: the risk of an ``adverse`` judgement, of a ``decline`` and of a ``serious`` one. All of them, floors
included, have one interface (``targets.TargetModel``) and one list of names (``catalogue.MODELS``), so that
they run in the same race. This file imports nothing: each module brings its own libraries.
"""
