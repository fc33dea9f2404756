"""WHO FIRST, WITH WHOM, ASKING WHAT? From a scored run to a programme of peer reviews.

Tables in, tables out: the room opens no file but the rules and its library of questions, and draws nothing.
``plan.make_plan`` composes it all.
"""
