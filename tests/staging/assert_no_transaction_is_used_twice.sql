-- Not the generic test `unique`: its table of all keys costs more than all features.
{{ repeated_keys(ref('stg_benefit_transactions'), 'transaction_id') }}
