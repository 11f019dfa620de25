"""What is asked and what it means: measures, dimensions, questions, their answers and what is behind them."""
from core.metrics.answering import answer, currencies
from core.metrics.behind import row_batches, rows
from core.metrics.dimensions import DIMENSIONS
from core.metrics.lineage import Explanation, explain
from core.metrics.measures import MEASURES
from core.metrics.mep import mep_lines
from core.metrics.query import Query
from core.metrics.result import Column, Result
from core.metrics.units import Unit

__all__ = ["DIMENSIONS", "MEASURES", "Column", "Explanation", "Query", "Result", "Unit", "answer", "currencies", "explain", "mep_lines", "row_batches", "rows"]
