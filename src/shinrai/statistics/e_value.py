"""E-value: how strong something unmeasured would have to be to explain a ratio away."""

from dataclasses import dataclass
from math import exp, sqrt

from shinrai.units.share import Share

LEVEL_Z = 1.959963984540054  # of a two-sided interval of 95 %


@dataclass(frozen=True)
class EValue:
    """The E-value of an estimate, and of the end of its interval that is nearer to no difference.

    Unit: a risk ratio; 1 says that nothing is needed to explain it away.
    """

    ratio: float
    estimate: float
    nearest: float


def e_value(now: Share, before: Share) -> EValue | None:
    """Return the E-value of the ratio of two shares; None where one of them counts nothing.

    Assumptions: the interval of the ratio is that of its logarithm (Katz et al., Biometrics 34
        (1978), 469-474).
    Source: T. J. VanderWeele and P. Ding, Sensitivity analysis in observational research:
        introducing the E-value, Annals of Internal Medicine 167 (2017), 268-274.
    """
    if not (now.of and before.of and now.count and before.count):
        return None
    ratio = (now.count / now.of) / (before.count / before.of)
    error = sqrt(1 / now.count - 1 / now.of + 1 / before.count - 1 / before.of)
    above = ratio if ratio >= 1 else 1 / ratio
    nearest = max(above / exp(LEVEL_Z * error), 1.0)
    return EValue(ratio, _of(above), _of(nearest))


def _of(ratio: float) -> float:
    return ratio + sqrt(ratio * (ratio - 1))
