"""What a plan does in the blood: relative levels over time, what each cut lowers by when, when symptoms are expected.

One compartment per substance, absorption and elimination in proportion to what is there: dose → gut → parent → active
metabolite. Levels are **relative**: percent of the mean level at steady state on a dose that is named. Volumes and the
part of a dose that becomes metabolite are not known for every medicine; in a relative level both cancel out.

Time is local days of 24 hours (``taken``). A level is a picture of the plan, never a measurement of the patient.
"""
