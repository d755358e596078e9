"""A trained model as MLflow keeps and serves it."""
