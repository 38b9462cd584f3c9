"""A negotiation as tables: what each option is worth to whom, and where each number comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from negotiation.door import checked
from negotiation.model.negotiation import Negotiation
from negotiation.model.package import Package
from negotiation.model.payoffs import payoffs
from negotiation.model.quantity import support
from negotiation.model.terms import rows_by_option

if TYPE_CHECKING:
    import pandas as pd


@checked
def payoff_table(talks: Negotiation, packages: Sequence[Package] | None = None) -> pd.DataFrame:
    """Payoffs as a table in names.

    Parameters
    ----------
    talks : Negotiation
    packages : sequence of Package, optional
        One row a package. By default one row for every option of every issue and every interaction, which together
        make up the payoff of any package.

    Returns
    -------
    DataFrame
        One column a party, in the negotiation's unit (also in ``.attrs["unit"]``), at central values.
    """
    import pandas as pd

    if packages is not None:
        table = pd.DataFrame(
            payoffs(talks, packages), index=[str(p) for p in packages], columns=list(talks.party_names)
        )
    else:
        rows = rows_by_option(talks.terms, talks.issues, len(talks.parties))
        index = pd.MultiIndex.from_tuples(list(rows), names=["issue", "option"])
        table = pd.DataFrame(list(rows.values()), index=index, columns=list(talks.party_names))
    table.attrs["unit"] = talks.unit
    return table


@checked
def stake_table(talks: Negotiation) -> pd.DataFrame:
    """Every stake and interaction with its range, kind and source.

    Parameters
    ----------
    talks : Negotiation

    Returns
    -------
    DataFrame
        One row a stake: party, what, kind, central value, low, high (in the negotiation's unit, also in
        ``.attrs["unit"]``), basis, sources, the date since when it was knowable, and the reasoning.
    """
    import pandas as pd

    rows = []
    for item in talks.terms.items:
        low, high = support(item.value)
        rows.append(
            {
                "party": item.party,
                "what": ", ".join(f"{issue} {option}" for issue, option in item.conditions),
                "kind": item.kind,
                "central": item.central,
                "low": low,
                "high": high,
                "basis": item.basis.value,
                "source": ", ".join(item.source),
                "known on": item.known_on,
                "reasoning": item.reasoning,
            }
        )
    table = pd.DataFrame(rows)
    table.attrs["unit"] = talks.unit
    return table
