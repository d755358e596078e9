"""Two-step BERT (Wang et al. 2019): whether two entities are related, then how."""
