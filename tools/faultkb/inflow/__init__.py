"""A tracking sheet becomes tickets: each row of it is read, repaired, masked, judged, and written as imported history.

`plan.build` says what would become of every row and writes nothing; `write.carry_out` writes.
"""
