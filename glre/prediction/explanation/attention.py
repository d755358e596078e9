"""Where a trained model looks in a document."""

from dataclasses import replace

from glre.documents.document import Document
from glre.prediction.predictor import Predictor
from glre.systems.glre.attention_weights import DocumentAttention, document_attention


def attention_in(predictor: Predictor, document: Document) -> DocumentAttention:
    """The weights of both attentions over all candidate pairs of `document`; facts are not looked at."""
    glre = predictor.model.glre
    device = next(glre.parameters()).device
    batch = predictor.split([replace(document, facts=(), excluded=())]).batch([0]).to(device)
    return document_attention(glre, batch.inputs, batch.graph)
