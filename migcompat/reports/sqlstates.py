"""PostgreSQL's own names for the error codes that a prior generation meets (Appendix A of its documentation)."""

from __future__ import annotations

CONDITIONS = {
    "0A000": "feature_not_supported",
    "21000": "cardinality_violation",
    "22001": "string_data_right_truncation",
    "22003": "numeric_value_out_of_range",
    "22007": "invalid_datetime_format",
    "22008": "datetime_field_overflow",
    "22023": "invalid_parameter_value",
    "22P02": "invalid_text_representation",
    "23001": "restrict_violation",
    "23502": "not_null_violation",
    "23503": "foreign_key_violation",
    "23505": "unique_violation",
    "23514": "check_violation",
    "23P01": "exclusion_violation",
    "3F000": "invalid_schema_name",
    "42501": "insufficient_privilege",
    "42601": "syntax_error",
    "42702": "ambiguous_column",
    "42703": "undefined_column",
    "42704": "undefined_object",
    "42725": "ambiguous_function",
    "42804": "datatype_mismatch",
    "42809": "wrong_object_type",
    "42846": "cannot_coerce",
    "42883": "undefined_function",
    "428C9": "generated_always",
    "42P01": "undefined_table",
    "42P10": "invalid_column_reference",
    "42P13": "invalid_function_definition",
    "44000": "with_check_option_violation",
    "55000": "object_not_in_prerequisite_state",
    "P0001": "raise_exception",
}


def answer(sqlstate: str) -> str:
    """A code with its name, where it has a known one: `42703 undefined_column`."""
    condition = CONDITIONS.get(sqlstate)
    return f"{sqlstate} {condition}" if condition else sqlstate
