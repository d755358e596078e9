"""From documents to predicted relations with a trained model."""
