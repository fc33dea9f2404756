"""Published files in the layouts that their publishers chose, made into canonical tables."""
