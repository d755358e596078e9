"""A file or folder of the corpus as MLflow's record of a dataset that a run read."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from mlflow.entities import DatasetInput


def dataset_input(
    path: Path, digest: str, name: str, context: str, statistics: "pd.DataFrame | None"
) -> "DatasetInput":
    """The dataset at `path`, known by `digest`, used as `context` (such as `train`).

    Columns and number of rows of `statistics` describe it, where given.
    """
    from mlflow.data.dataset_source_registry import resolve_dataset_source
    from mlflow.data.meta_dataset import MetaDataset
    from mlflow.data.pandas_dataset import from_pandas
    from mlflow.entities import Dataset, DatasetInput, InputTag

    with warnings.catch_warnings():
        # MLflow warns of integer columns, which could not hold missing values: statistics have none.
        warnings.simplefilter("ignore")
        source = resolve_dataset_source(str(path))
        if statistics is None:
            content = MetaDataset(source, name=name, digest=digest).to_dict()  # type: ignore[abstract]
        else:
            content = from_pandas(statistics, source=source, name=name, digest=digest).to_dict()
    return DatasetInput(Dataset(**content), tags=[InputTag("mlflow.data.context", context)])
