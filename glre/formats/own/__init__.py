"""Documents as `glre.documents` has them: JSON and Parquet."""
