"""The log of soft intelligence: what people have seen and said, collected safely and known when it was known.

An **entry** is one concern or event. It is never edited or deleted: a correction is a later version that
supersedes it, a withdrawal a later version that retracts it, and every version keeps who recorded it and
when. What was known at an as-of date is therefore a cut of the log, and always the same one.
"""
