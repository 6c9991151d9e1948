"""What is removed at the end of its time, and how: the nightly sweeps. What the rule is for each field stands in
hotline.retention_policy.
"""
