"""`make proof OF=…`: the checks of the tests at full size, with their figures printed."""
