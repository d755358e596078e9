"""Trained models in MLflow."""
