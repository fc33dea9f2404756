"""MLFLOW. The only room that knows it: one run for each verb, one version for each deployed model.

The record is for researchers and for whoever has to answer later where a list came from. It never
reaches the network unless it is told an address there, and no result depends on it.
"""
