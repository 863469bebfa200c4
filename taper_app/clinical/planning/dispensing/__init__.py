"""What is handed out when: exact counts, per step or per pick-up, stock on hand first, nothing left over unsaid.

The readings taken here:

* A row's ``count`` is exact: what the doses of its days take (``10.5`` tablets, millilitres of a liquid) less what
  comes from the stock on hand. The pharmacy hands out whole pieces; ``hand_out`` says how many, and carries the part
  of a split tablet that is left to the next dose of the same product.
* With ``pick_up`` the periods begin on the plan's first day and follow each other without a gap, whatever the steps
  do; days are counted one by one, so a period may hold two steps. ``max_supply_days`` makes every period shorter,
  and alone it is the period. With neither, each step is one period.
* Stock is used from the first day on, before anything is handed out. A period that it covers whole has no row.
* A last step without a planned end has no days to count; the plan says what it takes a day.
"""
