"""The suite: every claim about the learner as a figure beside what it must be, stage by stage.

A stage is a module of this package with a `STAGE`; those that are run stand in `homectl.trial.suite.running.STAGES`.
"""
