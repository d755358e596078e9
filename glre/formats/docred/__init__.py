"""DocRED (Yao et al. 2019): documents that are cut into sentences and words."""
