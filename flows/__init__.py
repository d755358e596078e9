"""When the pipeline runs: Prefect flows whose tasks are the stages of DVC's graph."""
