"""Write a rule on words: tried on the newest inquiries of its workspace before it is kept."""

from datetime import datetime

from shinrai.desk.operations.topic_training import earlier_cases
from shinrai.desk.queries.titles import first_line_of
from shinrai.topics.operations.suggesters import keep_word_rule
from shinrai.topics.queries import codebook
from shinrai.topics.rules.word_rules import RuleTrial, WordRule, try_rule


def write_word_rule(
    *, workspace_id: int, rule: WordRule, is_trial: bool = False, at: datetime, by: str
) -> tuple[RuleTrial, list[tuple[int, str]]]:
    """Try a rule and keep it; return the trial, and the case and first line of some hits.

    A rule without any words ends the topic's rule. With `is_trial` nothing is kept.
    Raises: UnknownTopic; BadRule.
    """
    codebook(workspace_id=workspace_id).topic(rule.topic)
    if not (rule.any or rule.all or rule.none):
        if not is_trial:
            keep_word_rule(workspace_id=workspace_id, rule=rule, at=at, by=by)
        return RuleTrial(0, 0, 0, 0), []
    cases = earlier_cases(workspace_id=workspace_id)
    trial = try_rule(rule, [case.text for case in cases], [case.topic for case in cases])
    if not is_trial:
        keep_word_rule(workspace_id=workspace_id, rule=rule, at=at, by=by)
    return trial, [(cases[n].id, first_line_of(cases[n].text)) for n in trial.shown]
