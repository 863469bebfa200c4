"""From a request to a plan of dated, makeable steps, or a refusal with remedies.

Read in this order: ``request`` (what is asked; ``request_reading`` and ``request_faults`` refuse bad input),
``answer`` (what comes out), ``facts`` (who gets no automatic plan), ``pace`` (how fast the source goes), ``makeable``
(which doses the products make), ``slots`` (which time of day is cut), ``path`` (the sequence of daily doses),
``crossover``, ``cuts``, ``ceilings`` with ``falls``, ``outer_limits`` and ``other_tables`` (what is refused or must be
signed), ``request_warnings``, and ``build``, which puts them together. ``remedies`` looks for a way out of a refusal;
``end_date`` finds the slowest pace that ends by a date, among ``pace_choices``; ``amend`` replaces a plan by a new one,
whose rest begins with a ``lead_in``.
"""
