"""Why: what the model saw in each area, in numbers that add up and in sentences.

A contribution is a SHAP value in log-odds of the deployed, calibrated risk. It says what the model saw, not
what an area did wrong.
"""
