"""Every policy in charge of unseen simulated homes: what people still do by hand, what is forgotten, and the cost."""

from homectl.control.tuning import Tuning
from homectl.trial.contest import Contest, accounts, checks, figures, live_under, table
from homectl.trial.suite.stages import Inputs, Result, Settings, Stage


def contest(settings: Settings, tuning: Tuning) -> Contest:
    """What is compared."""
    if settings.quick:
        return Contest(homes=2, days=2.0, past=7.0, tuning=tuning, checkpoint=settings.checkpoint)
    return Contest(tuning=tuning, checkpoint=settings.checkpoint)


def run(settings: Settings, inputs: Inputs) -> Result:
    asked = contest(settings, Tuning(**inputs.results["tuned"].figures["tuning"]))
    found = accounts(asked, inputs.each(live_under, asked.jobs()))
    told = figures(found)
    title = f"in charge of {asked.homes} unseen homes for {asked.days:g} days"
    return Result(checks=checks(found), figures=told, tables=(table(told, title),))


STAGE = Stage(name="closed", about="living in simulated homes", run=run, needs=("tuned",))
