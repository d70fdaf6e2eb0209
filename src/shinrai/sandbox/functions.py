"""The functions that SQL of members may call; whatever is not listed is closed.

None of them reads a file, a setting, a variable, the clock of another session or the catalogue of
tables. Functions that make a large value from a small one (`repeat`, `lpad`, `format`) are open:
a limit ends the process.
"""

from typing import Final

_OPERATORS = (
    "!= !~~ !~~* % & && * ** + - / // < <-> << <= <> = > >= >> @> <@ ^ ^@ | || ~ ~~ ~~* ~~~"
)
_AGGREGATES = """
any_value approx_count_distinct approx_quantile arbitrary arg_max arg_min array_agg avg bit_and
bit_or bit_xor bool_and bool_or corr count count_if count_star countif covar_pop covar_samp entropy
first geomean histogram kurtosis last list listagg mad max max_by mean median min min_by mode
product quantile quantile_cont quantile_disc regr_avgx regr_avgy regr_count regr_intercept regr_r2
regr_slope regr_sxx regr_sxy regr_syy sem skewness stddev stddev_pop stddev_samp string_agg sum
var_pop var_samp variance group_concat grouping grouping_id
"""
_WINDOWS = """
cume_dist dense_rank fill first_value lag last_value lead nth_value ntile percent_rank rank
rank_dense row_number
"""
_DATES = """
age century date_add date_diff date_part date_sub date_trunc datediff datepart datesub datetrunc day
dayname dayofmonth dayofweek dayofyear days_in_month decade epoch epoch_ms epoch_ns epoch_us era
extract hour isodow isoyear julian last_day make_date make_time make_timestamp make_timestamp_ms
microsecond millennium millisecond minute month monthname quarter second strftime strptime
time_bucket timezone to_days to_hours to_microseconds to_milliseconds to_minutes to_months
to_quarters to_seconds to_timestamp to_weeks to_years try_strptime week weekday weekofyear year
yearweek
"""
_MATHS = """
abs acos add asin atan atan2 cbrt ceil ceiling cos cot degrees divide even exp factorial fdiv floor
fmod gamma gcd greatest isfinite isinf isnan lcm least lgamma ln log log10 log2 mod multiply
nextafter pi pow power radians round round_even sign signbit sin sqrt subtract tan trunc xor
"""
_STRINGS = """
ascii bar bit_length char_length character_length chr concat concat_ws contains
damerau_levenshtein editdist3 ends_with format formatreadabledecimalsize formatreadablesize hamming
ilike_escape instr jaccard jaro_similarity jaro_winkler_similarity lcase left length levenshtein
like_escape lower lpad ltrim md5 mismatches nfc_normalize not_ilike_escape not_like_escape
octet_length ord overlay position prefix printf regexp_escape regexp_extract regexp_extract_all
regexp_full_match regexp_matches regexp_replace regexp_split_to_array repeat replace reverse right
rpad rtrim sha1 sha256 split split_part starts_with str_split string_split string_to_array
strip_accents strlen strpos substr substring suffix to_base translate trim ucase unicode upper hash
"""
_LISTS = """
array_length array_slice cardinality coalesce constant_or_null element_at flatten generate_series
if ifnull len list_aggregate list_aggr list_append list_avg list_cat list_concat list_contains
list_count list_distinct list_element list_extract list_filter list_has list_has_all list_has_any
list_max list_median list_min list_position list_reduce list_reverse list_reverse_sort list_slice
list_sort list_sum list_transform list_unique list_value list_where list_zip map map_entries
map_extract map_from_entries map_keys map_values nullif range row struct_extract struct_pack typeof
unnest
"""
SCALARS: Final = frozenset(
    name
    for names in (_OPERATORS, _AGGREGATES, _WINDOWS, _DATES, _MATHS, _STRINGS, _LISTS)
    for name in names.split()
)
TABLE_FUNCTIONS: Final = frozenset({"unnest", "range", "generate_series"})
