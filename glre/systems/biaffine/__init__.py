"""The bi-affine scorer of BRAN (Verga et al., NAACL 2018) over the words of mentions, on the words of any encoder."""
