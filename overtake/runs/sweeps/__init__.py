"""Many runs from one design: which, where they are executed, and the table they make.

The store of runs is the only state: a run that is there is not executed again,
so a sweep that was killed goes on where it stopped.
"""
