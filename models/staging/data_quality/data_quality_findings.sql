with

customers as (

    select * from {{ ref('stg_customers') }}

),

credit_card_usage as (

    select * from {{ ref('stg_credit_card_usage') }}

),

benefit_accounts as (

    select * from {{ ref('stg_benefit_accounts') }}

),

benefit_transactions as (

    select * from {{ ref('stg_benefit_transactions') }}

),

rules as (

    select listed.*

    from (
        values
        ('customers', 'joined_before_birth', 'joined_on lies before birth_date'),
        ('customers', 'implausible_age', 'age on joining is above 110 years'),
        ('credit_card_usage', 'frequency_above_one', 'a share of months is above 1'),
        (
            'credit_card_usage', 'purchases_do_not_add_up',
            'purchases differ from one-off plus instalment purchases by more than 1'
        ),
        ('credit_card_usage', 'balance_above_limit', 'balance is above the credit limit'),
        ('credit_card_usage', 'negative_amount', 'an amount other than the balance is negative'),
        (
            'credit_card_usage', 'limit_unknown',
            'credit limit is unknown; the model fills in the median'
        ),
        (
            'credit_card_usage', 'minimum_payments_unknown',
            'minimum payments are unknown; the model fills in the median'
        ),
        (
            'credit_card_usage', 'minimum_payments_unknown_nothing_paid',
            'minimum payments are unknown and nothing was paid at all'
        ),
        ('benefit_accounts', 'closed_before_opened', 'closed_on lies before opened_on'),
        (
            'benefit_accounts',
            'closes_in_future',
            'closed_on lies in the future; the account is open until then'
        ),
        ('benefit_accounts', 'negative_balance', 'balance is negative'),
        ('benefit_accounts', 'balance_unknown', 'balance is unknown'),
        ('benefit_accounts', 'opening_unknown', 'opened_on is unknown; tenure counts as unknown'),
        ('benefit_transactions', 'negative_amount', 'amount is negative; it lowers the sum'),
        (
            'benefit_transactions', 'type_unusual_for_benefit',
            'the type does not belong to the benefit; no feature counts it'
        ),
        (
            'benefit_transactions', 'before_opening',
            'the transaction lies before the opening of its account'
        ),
        (
            'benefit_transactions', 'after_closing',
            'the transaction lies after the closing of its account'
        )
    ) as listed (input, rule, description)

),

findings as (

    select
        'customers' as input,
        customer_id as record_key,
        unnest([
            case when joined_on < birth_date then 'joined_before_birth' end,
            case when date_diff('year', birth_date, joined_on) > 110 then 'implausible_age' end
        ]) as rule

    from customers

    union all

    select
        'credit_card_usage' as input,
        customer_id as record_key,
        unnest([
            case
                when
                    greatest(
                        balance_frequency, purchase_frequency, one_off_purchase_frequency,
                        installment_purchase_frequency, cash_advance_frequency, full_payment_share
                    ) > 1
                    then 'frequency_above_one'
            end,
            case
                when abs(purchases - one_off_purchases - installment_purchases) > 1
                    then 'purchases_do_not_add_up'
            end,
            case when balance > credit_limit then 'balance_above_limit' end,
            case
                when
                    least(
                        purchases, one_off_purchases, installment_purchases, cash_advances,
                        credit_limit, payments, minimum_payments
                    ) < 0
                    then 'negative_amount'
            end,
            case when credit_limit is null then 'limit_unknown' end,
            case when minimum_payments is null then 'minimum_payments_unknown' end,
            case
                when minimum_payments is null and payments = 0
                    then 'minimum_payments_unknown_nothing_paid'
            end
        ]) as rule

    from credit_card_usage

    union all

    select
        'benefit_accounts' as input,
        account_id as record_key,
        unnest([
            case when closed_on < opened_on then 'closed_before_opened' end,
            case when closed_on > {{ latest_plausible_date() }} then 'closes_in_future' end,
            case when balance < 0 then 'negative_balance' end,
            case when balance is null then 'balance_unknown' end,
            case when opened_on is null then 'opening_unknown' end
        ]) as rule

    from benefit_accounts

    union all

    select
        'benefit_transactions' as input,
        benefit_transactions.transaction_id as record_key,
        unnest([
            case when benefit_transactions.amount < 0 then 'negative_amount' end,
            case
                when
                    benefit_transactions.transaction_type != 'fee'
                    and benefit_transactions.transaction_type not in (
                        case
                            when benefit_accounts.benefit = 'savings_plan' then 'deposit'
                            when benefit_accounts.benefit = 'loan' then 'repayment'
                            else 'purchase'
                        end,
                        case
                            when benefit_accounts.benefit = 'savings_plan' then 'withdrawal'
                            when benefit_accounts.benefit = 'loan' then 'missed_repayment'
                            else 'sale'
                        end
                    )
                    then 'type_unusual_for_benefit'
            end,
            case
                when benefit_transactions.occurred_on < benefit_accounts.opened_on
                    then 'before_opening'
            end,
            case
                when benefit_transactions.occurred_on > benefit_accounts.closed_on
                    then 'after_closing'
            end
        ]) as rule

    from benefit_transactions

    inner join benefit_accounts
        on benefit_transactions.account_id = benefit_accounts.account_id

),

counted as (

    select
        input,
        rule,
        count(*) as row_count,
        min(record_key) as example_key

    from findings

    where rule is not null

    group by
        input,
        rule

)

select
    rules.input,
    rules.rule,
    rules.description,
    coalesce(counted.row_count, 0) as row_count,
    counted.example_key

from rules

left join counted
    on
        rules.input = counted.input
        and rules.rule = counted.rule
