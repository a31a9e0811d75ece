"""Questions about mobilisation plans: what to propose, how far a plan is, what the plans make together."""
