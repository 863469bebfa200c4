"""From a request to a plan of dated, makeable steps, or a refusal with remedies.

Read in this order: ``request`` (what is asked), ``answer`` (what comes out), ``facts`` (who gets no automatic
plan), ``pace`` (how fast the source goes), ``makeable`` (which doses the products make), ``slots`` (which time of
day is cut), ``path`` (the sequence of daily doses), ``crossover``, ``ceilings`` (what is refused or must be
signed), ``remedies``, and ``build``, which puts them together. ``amend`` replaces a plan by a new one.
"""
