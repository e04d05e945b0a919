"""An edited tracking table: which cells were changed, which events and edits they mean, and what comes of them.

`cells` reads the rows; `comparing` tells the changed cells; `intents` says what each means, with `compound` for those of
several parts, `values` for choices and people, `passages` for sections, `progress` for the log, all as `touched` holds it;
`plan` finds the events, `entered` those of the log, each `wanted` with its reason; `applying` does it to the text of the ticket.
"""
