"""Questions about what to offer and what it buys: minimal offers, the most an offer buys, exchange rates, logrolling."""
