"""Write the raw files of an invented insurer, with known answers.

For you, if you want to try the project without customer data, and for the tests, which need
customers of known types and rows that must be rejected.

    python scripts/generate_demo_insurer.py                  # data/demo, as bundled
    python scripts/generate_demo_insurer.py --customers 1000000 --format parquet \
        --months 13 --no-defects --output large_insurer      # for size tests

Customers are drawn in chunks. Each chunk has its own random generator, passed on as `random`, so
the files depend only on the arguments, and memory only on the size of a chunk, not on the number of
customers. Every customer is one of five types. A type sets how likely a benefit is held and how it
is used; two traits of the customer, activity and affluence, shift all benefits together; and a few
customers use the benefits as another type does. So the types overlap, as in real data.

Besides the four inputs, two answer files are written into the folder `answers`, which the front
door does not read: `planted_customer_types` and `planted_defects`, one line per row that is invalid
on purpose. A Parquet file is typed and gets only the defects its types can hold. Odd values that
must be accepted, such as a balance above the limit, are always there.
"""

import argparse
import gzip
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import numpy as np
import pandas as pd

CUSTOMERS_PER_CHUNK = 20_000
FIRST_MONTH, MONTHS = np.datetime64("2024-07"), 18
MONTH_STARTS = FIRST_MONTH + np.arange(MONTHS + 1)
LAST_DAY = MONTH_STARTS[-1].astype("datetime64[D]") - 1
CALENDAR_MONTHS = MONTH_STARTS[:-1].astype(int) % 12 + 1

# The planted types. Every tuple below has one entry per type, in this order.
TYPES = (
    "steady_saver",  # saves every month, little else
    "young_family",  # pays off loans, lives on card credit
    "card_power_user",  # spends much by card and pays in full
    "wealth_investor",  # trades often, mostly saves as well
    "low_engagement",  # has a card or a plan and hardly uses it
)
SHARES = (0.29, 0.21, 0.17, 0.12, 0.21)
SHARE_OF_BORROWED_HABITS = 0.02

# Who they are.
MEDIAN_AGE = (49, 37, 42, 56, 51)
AFFLUENCE = (1.0, 0.8, 1.2, 1.9, 0.7)  # median, relative to the average customer
MEDIAN_YEARS_AS_CUSTOMER = (9, 6, 6, 11, 8)
REGIONS = ("north", "east", "south", "west", "centre", "capital")
REGION_SHARES = (0.14, 0.13, 0.20, 0.17, 0.12, 0.24)

# What they hold: the probability of a first account, and of a second one if so.
HOLDS = {
    "savings_plan": (0.99, 0.25, 0.28, 0.62, 0.18),
    "loan": (0.08, 0.98, 0.10, 0.08, 0.05),
    "wealth_management": (0.06, 0.03, 0.07, 0.98, 0.04),
    "credit_card": (0.08, 0.96, 0.98, 0.15, 0.96),
}
HOLDS_SECOND = {
    "savings_plan": (0.45, 0.05, 0.05, 0.12, 0.02),
    "loan": (0.03, 0.45, 0.03, 0.03, 0.02),
    "wealth_management": (0.03, 0.02, 0.05, 0.40, 0.02),
}

# How they use it. Probabilities and counts are per month, amounts are medians.
SAVINGS_BALANCE = (14_000, 4_000, 5_000, 15_000, 4_000)
DEPOSIT_PROBABILITY = (0.94, 0.45, 0.45, 0.55, 0.04)
DEPOSIT_AMOUNT = (260, 90, 130, 240, 60)
WITHDRAWAL_PROBABILITY = (0.14, 0.08, 0.08, 0.06, 0.02)
LOAN_PRINCIPAL = (9_000, 26_000, 11_000, 15_000, 8_000)
MISSED_PROBABILITY = (0.02, 0.07, 0.03, 0.01, 0.10)
WEALTH_BALANCE = (15_000, 10_000, 15_000, 70_000, 10_000)
TRADES = (0.5, 0.4, 0.6, 3.5, 0.1)
TRADE_AMOUNT = (500, 400, 500, 1_300, 300)
SALE_SHARE = (0.20, 0.30, 0.25, 0.22, 0.50)
CREDIT_LIMIT = (2_500, 3_500, 7_500, 4_000, 4_500)
CARD_DEBT = (0.10, 0.55, 0.14, 0.08, 0.05)  # mean share of the limit
CARD_DEBT_PROBABILITY = (0.9, 0.97, 0.95, 0.9, 0.5)
ONE_OFF_PROBABILITY = (0.15, 0.15, 0.75, 0.20, 0.04)
INSTALMENT_PROBABILITY = (0.15, 0.45, 0.70, 0.10, 0.04)
CASH_ADVANCE_PROBABILITY = (0.02, 0.45, 0.03, 0.01, 0.02)
PURCHASE_AMOUNT = (60, 70, 150, 110, 40)
FULL_PAYMENT_PROBABILITY = (0.30, 0.03, 0.70, 0.45, 0.05)

# Bonus months raise deposits, Christmas shopping empties savings.
DEPOSIT_SEASON = np.where(np.isin(CALENDAR_MONTHS, (12, 1)), 1.8, 1.0)
WITHDRAWAL_SEASON = np.where(np.isin(CALENDAR_MONTHS, (11, 12)), 2.5, 0.8)
LATE_FEE = 15.0

SHARE_CLOSED = 0.025
SHARE_MISSING = {"joined_on": 0.01, "opened_on": 0.005, "CREDIT_LIMIT": 0.004}
CONSENT_SHARES = {"yes": 0.64, "unasked": 0.08}
# Odd values that must be accepted, as shares of the rows in which they can occur.
SHARE_ODD, SHARE_ODD_TRANSACTIONS = 0.003, 0.0001

BENEFITS = ("savings_plan", "loan", "wealth_management")
TRANSACTION_TYPES = (
    *("deposit", "withdrawal", "repayment", "missed_repayment"),
    *("purchase", "sale", "fee"),
)
ON_A_FIXED_DAY = ("deposit", "repayment", "missed_repayment")

# Columns and SQL types of every table, the key first. Ids are numbers until a table is written;
# then they are formatted with ID_PATTERNS.
INPUTS = {
    "customers": "customer_id varchar, joined_on date, birth_date date, "
    "region varchar, marketing_consent boolean",
    "credit_card_usage": "CUST_ID varchar, BALANCE double, BALANCE_FREQUENCY double, "
    "PURCHASES double, ONEOFF_PURCHASES double, INSTALLMENTS_PURCHASES double, "
    "CASH_ADVANCE double, PURCHASES_FREQUENCY double, "
    "ONEOFF_PURCHASES_FREQUENCY double, PURCHASES_INSTALLMENTS_FREQUENCY double, "
    "CASH_ADVANCE_FREQUENCY double, CASH_ADVANCE_TRX bigint, PURCHASES_TRX bigint, "
    "CREDIT_LIMIT double, PAYMENTS double, MINIMUM_PAYMENTS double, "
    "PRC_FULL_PAYMENT double, TENURE bigint",
    "benefit_accounts": "account_id varchar, customer_id varchar, benefit varchar, "
    "opened_on date, closed_on date, balance decimal(18,2)",
    "benefit_transactions": "transaction_id varchar, account_id varchar, "
    "occurred_at date, transaction_type varchar, amount decimal(18,2)",
}
ANSWERS = {
    "planted_customer_types": "customer_id varchar, customer_type varchar",
    "planted_defects": "input varchar, row_key varchar, defect varchar",
}
TABLES = {
    name: dict(column.split() for column in columns.split(", "))
    for name, columns in {**INPUTS, **ANSWERS}.items()
}
COMPRESSED = ("benefit_transactions",)
ID_PATTERNS = {
    "customer_id": "P{:07d}",
    "CUST_ID": "P{:07d}",
    "account_id": "A{:08d}",
    "transaction_id": "T{:011d}",
}

# The defects: what is wrong, column, its raw text, whether only text can hold it.
# A duplicate is a second copy of a good row; the last two change the line itself.
DUPLICATE, TOO_FEW, TOO_MANY = "duplicate", "too few columns", "too many columns"
DEFECTS = {
    "customers": (
        ("missing customer_id", "customer_id", "", False),
        ("duplicate customer_id", DUPLICATE, "", False),
        ("customer_id is a word for nothing", "customer_id", "NaN", False),
        ("customer_id is a dash", "customer_id", "-", False),
        ("customer_id is a rounded number", "customer_id", "1.23457E+11", False),
        ("customer_id holds a tab", "customer_id", "P000\t3006", False),
    ),
    "credit_card_usage": (
        ("missing CUST_ID", "CUST_ID", "", False),
        ("duplicate CUST_ID", DUPLICATE, "", False),
        ("BALANCE is text", "BALANCE", "abc", True),
        ("PURCHASES has an underscore", "PURCHASES", "1_000", True),
        ("CREDIT_LIMIT is hexadecimal", "CREDIT_LIMIT", "0x10", True),
        ("PAYMENTS is not a number", "PAYMENTS", "NaN", False),
        ("BALANCE is infinite", "BALANCE", "inf", False),
        ("PURCHASES has a thousands separator", "PURCHASES", '"1,234.50"', True),
        ("negative frequency", "PURCHASES_FREQUENCY", "-0.5", False),
        ("frequency far above 1", "CASH_ADVANCE_FREQUENCY", "7", False),
        ("count is not whole", "CASH_ADVANCE_TRX", "12.7", True),
        ("CUST_ID is not in customers", "CUST_ID", "P0000000", False),
    ),
    "benefit_accounts": (
        ("missing customer_id", "customer_id", "", False),
        ("missing account_id", "account_id", "", False),
        ("duplicate account_id", DUPLICATE, "", False),
        ("unknown benefit", "benefit", "pension", False),
        ("customer_id in lower case", "customer_id", "p0000001", False),
        ("opened_on in the future", "opened_on", "2099-01-01", False),
        ("account_id is a word for nothing", "account_id", "null", False),
        ("customer_id is not in customers", "customer_id", "P0000000", False),
    ),
    "benefit_transactions": (
        ("account_id is not in benefit_accounts", "account_id", "A00000000", False),
        ("missing transaction_id", "transaction_id", "", False),
        ("duplicate transaction_id", DUPLICATE, "", False),
        ("unknown transaction_type", "transaction_type", "gift", False),
        ("occurred_at is no day of the calendar", "occurred_at", "2025-13-01", True),
        ("occurred_at in the future", "occurred_at", "2099-01-01", False),
        ("amount is infinite", "amount", "Infinity", True),
        ("missing amount", "amount", "", False),
        ("a column is missing", TOO_FEW, "", True),
        ("a column too many", TOO_MANY, "", True),
    ),
}
MOST_DEFECTS = max(map(len, DEFECTS.values()))
# A valid row, into which a defect is written.
USUAL_ROWS = {
    "customers": "P{unused_customer:07d},2019-04-01,1980-05-17,north,true",
    "credit_card_usage": "P{cardless_customer:07d},812.4,1,640,240,400,0,0.75,0.25,0.5,"
    "0,0,14,3000,700,160,0.083333,12",
    "benefit_accounts": "A{customer:07d}9,P{customer:07d},savings_plan,2020-03-01,,950",
    "benefit_transactions": "T{account:08d}999,A{account:08d},2025-05-05,fee,15",
}


def make_chunk(random, numbers, months):
    """Return a frame per input, and of the types, for the customers `numbers`.

    All MONTHS are drawn, and the transactions of the last `months` are kept, so that a shorter
    history is the end of a longer one.
    """
    customers = make_customers(random, numbers)
    makers = (make_savings_plans, make_loans, make_wealth_accounts)
    made = [make(random, customers) for make in makers]
    accounts, transactions = (pd.concat(frames) for frames in zip(*made, strict=True))
    accounts.loc[accounts["is_closed"], "balance"] = 0
    cards = make_credit_cards(random, customers)
    transactions = number_transactions(random, transactions)
    first_day = MONTH_STARTS[MONTHS - months].astype("datetime64[D]")
    frames = {
        "planted_customer_types": customers,
        "customers": customers,
        "credit_card_usage": cards,
        "benefit_accounts": accounts.sort_values("account_id"),
        "benefit_transactions": transactions[transactions["occurred_at"] >= first_day],
    }
    return {
        name: frame.assign(position=np.arange(len(frame), dtype=float))
        for name, frame in frames.items()
    }


def make_customers(random, numbers):
    """Return one row per customer: the data of the insurer, the type and the traits.

    `habits` is the type whose behaviour the customer shows, mostly the customer's type.
    `activity` is a standard normal number, `affluence` a factor around 1.
    """
    count = len(numbers)
    kinds = random.choice(len(TYPES), count, p=SHARES)
    borrowed = random.random(count) < SHARE_OF_BORROWED_HABITS
    others = random.choice(len(TYPES), count, p=SHARES)
    ages = np.clip(by_type(MEDIAN_AGE, kinds) + random.normal(0, 10, count), 19, 90)
    years = by_type(MEDIAN_YEARS_AS_CUSTOMER, kinds) * random.lognormal(0, 0.5, count)
    years = np.minimum(years, ages - 18)
    region = random.choice(len(REGIONS), count, p=REGION_SHARES)
    consent = random.random(count)
    return pd.DataFrame(
        {
            "customer_id": numbers,
            "customer_type": pd.Categorical.from_codes(kinds, TYPES),
            "habits": np.where(borrowed, others, kinds),
            "activity": random.normal(0, 1, count),
            "affluence": by_type(AFFLUENCE, kinds) * random.lognormal(0, 0.3, count),
            "joined": years_before_end(years),
            "joined_on": leave_out(random, "joined_on", years_before_end(years)),
            "birth_date": years_before_end(ages),
            "region": pd.Categorical.from_codes(region, REGIONS),
            "marketing_consent": pd.arrays.BooleanArray(
                consent < CONSENT_SHARES["yes"], consent > 1 - CONSENT_SHARES["unasked"]
            ),
        }
    )


def make_savings_plans(random, customers):
    """Return savings accounts and their transactions: deposits and withdrawals."""
    accounts, active = open_accounts(random, customers, "savings_plan")
    deposit = shifted(DEPOSIT_PROBABILITY, accounts, 0.4)
    usual = drawn_amounts(random, DEPOSIT_AMOUNT, accounts, 0.35, nearest=5)
    deposits = happens(random, deposit[:, None], active)
    has_bonus = random.random((len(accounts), 1)) < 0.6
    paid_in = usual[:, None] * np.where(has_bonus, DEPOSIT_SEASON, 1.0)
    # Most pay by standing order, always the same; the others vary the amount.
    spread = np.where(random.random(len(accounts)) < 0.7, 0.0, 0.3)

    withdrawal = by_type(WITHDRAWAL_PROBABILITY, accounts["habits"])
    withdrawals = happens(random, withdrawal[:, None] * WITHDRAWAL_SEASON, active)
    taken_out = 2 * usual[:, None]
    accounts["balance"] = drawn_amounts(random, SAVINGS_BALANCE, accounts, 0.45)
    odd = (random.random(active.shape) < SHARE_ODD_TRANSACTIONS) & deposits
    return accounts, pd.concat(
        [
            make_transactions(random, accounts, deposits & ~odd, paid_in, "deposit", spread),
            make_transactions(random, accounts, withdrawals, taken_out, "withdrawal", 0.5),
            make_transactions(random, accounts, odd, paid_in, "repayment"),
        ]
    )


def make_loans(random, customers):
    """Return loan accounts and their transactions: repayments, missed ones, fees."""
    accounts, active = open_accounts(random, customers, "loan")
    principal = drawn_amounts(random, LOAN_PRINCIPAL, accounts, 0.4, nearest=100)
    months_old = accounts["years_open"].to_numpy() * 12
    agreed = random.choice([60, 84, 120, 180], len(accounts))
    months_due = np.maximum(agreed, months_old)
    due = np.round(principal / months_due * 1.15, 2)
    left = principal * np.maximum(1 - months_old / months_due, 0.02)
    accounts["balance"] = np.round(left, 2)

    carelessness = random.lognormal(0, 0.6, len(accounts))
    missing = by_type(MISSED_PROBABILITY, accounts["habits"]) * carelessness
    missed = happens(random, missing[:, None], active)
    due, fee = due[:, None], np.full((len(accounts), 1), LATE_FEE)
    return accounts, pd.concat(
        [
            make_transactions(random, accounts, active & ~missed, due, "repayment"),
            make_transactions(random, accounts, missed, due, "missed_repayment"),
            make_transactions(random, accounts, missed, fee, "fee"),
        ]
    )


def make_wealth_accounts(random, customers):
    """Return wealth accounts and their transactions: purchases and sales."""
    accounts, active = open_accounts(random, customers, "wealth_management")
    trades = by_type(TRADES, accounts["habits"]) * np.exp(0.25 * accounts["activity"])
    sale = by_type(SALE_SHARE, accounts["habits"])
    usual = drawn_amounts(random, TRADE_AMOUNT, accounts, 0.35)[:, None]
    accounts["balance"] = drawn_amounts(random, WEALTH_BALANCE, accounts, 0.45)
    parts = []
    for kind, share in (("purchase", 1 - sale), ("sale", sale)):
        counts = random.poisson((trades * share).to_numpy()[:, None] * active)
        parts.append(make_transactions(random, accounts, counts, usual, kind, 0.4))
    return accounts, pd.concat(parts)


def make_credit_cards(random, customers):
    """Return one row per card customer: a year of card use, as banks summarize it.

    Frequencies are shares of the `TENURE` months (6 to 12) with that use.
    """
    held = random.random(len(customers)) < by_type(HOLDS["credit_card"], customers["habits"])
    cards = customers[held].reset_index(drop=True)
    count = len(cards)
    tenure = np.where(random.random(count) < 0.9, 12, random.integers(6, 12, count))

    def months_with(probability):
        return random.binomial(tenure, shifted(probability, cards, 0.5))

    def spend(months, scale, spread=0.35):
        usual = drawn_amounts(random, PURCHASE_AMOUNT, cards, spread)
        return np.round(usual * scale * months, 2)

    one_off_months = months_with(ONE_OFF_PROBABILITY)
    instalment_months = months_with(INSTALMENT_PROBABILITY)
    cash_months = months_with(CASH_ADVANCE_PROBABILITY)
    together = np.minimum(one_off_months, instalment_months)
    together = np.minimum(together, random.binomial(tenure, 0.5))
    purchase_months = np.minimum(one_off_months + instalment_months - together, tenure)
    one_off, instalments = spend(one_off_months, 1.6), spend(instalment_months, 1.0)
    cash_advance = spend(cash_months, 4.0)
    limit = drawn_amounts(random, CREDIT_LIMIT, cards, 0.35, nearest=50)
    debt = by_type(CARD_DEBT, cards["habits"])
    balance = limit * random.beta(4 * debt, 4 * (1 - debt))
    balance[random.random(count) < SHARE_ODD] *= 4  # above the limit
    paid = (one_off + instalments + cash_advance) * random.uniform(0.7, 1.05, count)
    paid += balance * random.uniform(0.02, 0.3, count)
    paid[random.random(count) < 0.02] = 0
    minimum = balance * random.uniform(0.1, 0.35, count) + 20
    full_months = months_with(FULL_PAYMENT_PROBABILITY)
    purchases = one_off + instalments
    purchases[random.random(count) < SHARE_ODD] += 25  # more than its two parts
    purchases_frequency = purchase_months / tenure
    purchases_frequency[random.random(count) < SHARE_ODD] = 1.05
    return pd.DataFrame(
        {
            "CUST_ID": cards["customer_id"],
            "BALANCE": balance.round(2),
            "BALANCE_FREQUENCY": months_with(CARD_DEBT_PROBABILITY) / tenure,
            "PURCHASES": purchases.round(2),
            "ONEOFF_PURCHASES": one_off,
            "INSTALLMENTS_PURCHASES": instalments,
            "CASH_ADVANCE": cash_advance,
            "PURCHASES_FREQUENCY": purchases_frequency,
            "ONEOFF_PURCHASES_FREQUENCY": one_off_months / tenure,
            "PURCHASES_INSTALLMENTS_FREQUENCY": instalment_months / tenure,
            "CASH_ADVANCE_FREQUENCY": cash_months / tenure,
            "CASH_ADVANCE_TRX": cash_months + random.poisson(cash_months * 0.8),
            "PURCHASES_TRX": purchase_months + random.poisson(purchase_months * 1.2),
            "CREDIT_LIMIT": leave_out(random, "CREDIT_LIMIT", limit),
            "PAYMENTS": paid.round(2),
            "MINIMUM_PAYMENTS": np.where(paid > 0, minimum.round(2), np.nan),
            "PRC_FULL_PAYMENT": full_months / tenure,
            "TENURE": tenure,
        }
    ).round(6)


def open_accounts(random, customers, benefit):
    """Return the accounts of one benefit, and whether each is active in each month.

    Accounts have the columns of their customers. Active has the shape accounts x MONTHS.
    """
    holds = [
        random.random(len(customers)) < by_type(table[benefit], customers["habits"])
        for table in (HOLDS, HOLDS_SECOND)
    ]
    ranks, holders = np.nonzero([holds[0], holds[0] & holds[1]])
    accounts = customers.iloc[holders].reset_index(drop=True)
    count = len(accounts)

    joined = accounts["joined"].to_numpy().astype("datetime64[D]")
    waited = random.beta(0.7, 4.0, count) * (LAST_DAY - joined).astype(int)
    opened = joined + waited.astype(int)
    closed = LAST_DAY - random.integers(0, 365, count)
    closed[(random.random(count) >= SHARE_CLOSED) | (closed <= opened)] = "NaT"
    active = MONTH_STARTS[:-1] >= opened[:, None]
    active &= ~(MONTH_STARTS[1:] > closed[:, None])

    slot = 1 + 2 * BENEFITS.index(benefit) + ranks
    accounts["account_id"] = accounts["customer_id"] * 10 + slot
    accounts["benefit"] = pd.Categorical([benefit] * count, BENEFITS)
    accounts["years_open"] = (LAST_DAY - opened).astype(int) / 365.25
    accounts["opened_on"] = leave_out(random, "opened_on", opened)
    before_opening = (random.random(count) < SHARE_ODD) & np.isnat(closed)
    accounts["closed_on"] = np.where(before_opening, opened - 30, closed)
    accounts["is_closed"] = ~np.isnat(closed)
    accounts["day"] = random.choice([1, 3, 5, 10, 15, 20, 25, 31], count)
    return accounts, active


def make_transactions(random, accounts, counts, amount, kind, spread=0.0):
    """Return transactions of one kind, as many as `counts` says per account x month.

    `amount` is the median of each, per account x month or account x 1; `spread` is
    the lognormal standard deviation around it, one number or one per account.
    """
    cells = np.repeat(np.arange(counts.size), counts.ravel())
    rows, months = np.divmod(cells, MONTHS)
    day = random.integers(1, 32, len(cells))
    if kind in ON_A_FIXED_DAY:
        day = accounts["day"].to_numpy()[rows]
    date = MONTH_STARTS[months].astype("datetime64[D]") + day - 1
    last_day = MONTH_STARTS[months + 1].astype("datetime64[D]") - 1
    spread = np.broadcast_to(spread, len(accounts))[rows]
    amount = np.broadcast_to(amount, counts.shape).ravel()[cells]
    amount = amount * np.exp(spread * random.normal(0, 1, len(cells)))
    kinds = np.full(len(cells), TRANSACTION_TYPES.index(kind))
    return pd.DataFrame(
        {
            "account_id": accounts["account_id"].to_numpy()[rows],
            "occurred_at": np.minimum(date, last_day),
            "transaction_type": pd.Categorical.from_codes(kinds, TRANSACTION_TYPES),
            "amount": amount.round(2),
        }
    )


def number_transactions(random, transactions):
    """Return the transactions in order of account and day, numbered per account."""
    order = ["account_id", "occurred_at", "transaction_type"]
    transactions = transactions.sort_values(order, kind="stable", ignore_index=True)
    account = transactions["account_id"]
    number = transactions.groupby(account).cumcount() + 1
    transactions["transaction_id"] = account * 1000 + number
    reversed_ = random.random(len(transactions)) < SHARE_ODD_TRANSACTIONS
    transactions.loc[reversed_, "amount"] *= -1
    return transactions


def happens(random, probability, active):
    """Return for each account x month whether something happens while it is active."""
    return (random.random(active.shape) < probability) & active


def by_type(values, kinds):
    """Return the entry of `values` for each row's type."""
    return np.asarray(values)[np.asarray(kinds)]


def shifted(probabilities, rows, strength):
    """Return each row's monthly probability: its type's, shifted by its activity."""
    probability = by_type(probabilities, rows["habits"])
    logit = np.log(probability / (1 - probability)) + strength * rows["activity"]
    return (1 / (1 + np.exp(-logit))).to_numpy()


def drawn_amounts(random, medians, rows, spread, nearest=0.01):
    """Return a lognormal amount per row around its type's median, by affluence."""
    drawn = by_type(medians, rows["habits"]) * random.lognormal(0, spread, len(rows))
    amount = drawn * np.sqrt(rows["affluence"].to_numpy())
    return np.maximum((amount / nearest).round(), 1) * nearest


def leave_out(random, column, values):
    """Return a copy of `values` with some missing, by the column's SHARE_MISSING."""
    values = values.copy()
    nothing = "NaT" if values.dtype.kind == "M" else np.nan
    values[random.random(len(values)) < SHARE_MISSING[column]] = nothing
    return values


def years_before_end(years):
    """Return the days that are this many years before LAST_DAY."""
    return LAST_DAY - (years * 365.25).astype(int)


def plant_defects(random, frames, due, unused, typed):
    """Return the invalid lines of a chunk per table; add duplicates and answers to `frames`.

    `due` are the numbers of the DEFECTS in this chunk, `unused` is the first unused customer
    number. Except for the duplicates, which are exact copies, every invalid row has a key that no
    valid row has, so it cannot affect valid rows.
    """
    customers = random.permutation(frames["customers"]["customer_id"])
    card_customers = frames["credit_card_usage"]["CUST_ID"]
    cardless = customers[~np.isin(customers, card_customers)]
    accounts = random.permutation(frames["benefit_accounts"]["account_id"])
    lines, answers = {name: [] for name in TABLES}, []
    for name, defects in DEFECTS.items():
        columns = list(TABLES[name])
        for number, (defect, column, text, only_as_text) in enumerate(defects):
            if number not in due or (typed and only_as_text):
                continue
            position = random.uniform(0, len(frames[name]))
            if column == DUPLICATE:
                copied = frames[name].sample(random_state=random)
                frames[name] = pd.concat([frames[name], copied.assign(position=position)])
                key = ID_PATTERNS[columns[0]].format(copied[columns[0]].iloc[0])
            else:
                usual_row = USUAL_ROWS[name].format(
                    unused_customer=unused + number,
                    customer=customers[number],
                    cardless_customer=cardless[number],
                    account=accounts[number],
                )
                fields = spoil(usual_row.split(","), columns, column, text)
                lines[name].append((position, ",".join(fields)))
                key = fields[0]
            answers.append((len(answers), name, key, defect))
    frames["planted_defects"] = pd.DataFrame(
        answers, columns=["position", *TABLES["planted_defects"]]
    )
    return {
        name: pd.DataFrame(rows, columns=["position", "line"]).astype(
            {"position": float, "line": "str"}
        )
        for name, rows in lines.items()
    }


def spoil(fields, columns, column, text):
    """Return the fields of a row with one of them replaced, missing or too many."""
    if column == TOO_FEW:
        return fields[:-1]
    if column == TOO_MANY:
        return [*fields, "surplus"]
    return [text if name == column else field for name, field in zip(columns, fields, strict=True)]


def plan_chunks(customers, months, seed, typed, defects):
    """Return for every chunk a function that draws it: make_tables without arguments."""
    # The last chunk may be too small to take defects, unless it is the only one.
    takers = max(customers // CUSTOMERS_PER_CHUNK, 1) if defects else 0
    chunks = []
    for chunk, first in enumerate(range(1, customers + 1, CUSTOMERS_PER_CHUNK)):
        numbers = np.arange(first, min(first + CUSTOMERS_PER_CHUNK, customers + 1))
        due = range(chunk, MOST_DEFECTS, takers) if chunk < takers else range(0)
        chunks.append(
            partial(make_tables, [seed, chunk], numbers, months, due, customers + 1, typed)
        )
    return chunks


def make_tables(seed, numbers, months, due, unused, typed):
    """Return the rows of a chunk per table: a frame of valid and a frame of invalid rows."""
    frames = make_chunk(np.random.default_rng(seed), numbers, months)
    bad_lines = plant_defects(np.random.default_rng([*seed, 1]), frames, due, unused, typed)
    return {name: (frames[name], bad_lines[name]) for name in TABLES}


def rows_sql(connection, tables, typed):
    """Yield the name and the SQL of the rows of each table of a chunk.

    If typed, the rows are a position and all columns, otherwise a position and a line.
    """
    for name, (good, bad) in tables.items():
        connection.register("good", good)
        connection.register("bad", bad)
        columns = TABLES[name].items()
        values = ", ".join(
            f"cast({as_shown(column)} as {kind}) as {column}" for column, kind in columns
        )
        rows = f"select position, {values} from good"
        if typed:
            bad_values = ", ".join(
                f"cast(nullif(split_part(line, ',', {number}), '') as {kind})"
                for number, (_, kind) in enumerate(columns, start=1)
            )
        else:
            texts = ", ".join(f"coalesce(cast({column} as varchar), '')" for column, _ in columns)
            rows = f"select position, concat_ws(',', {texts}) as line from ({rows})"
            bad_values = "line"
        yield name, f"{rows} union all select position, {bad_values} from bad"


def as_shown(column):
    """Return the SQL for a column as written to files, where ids have a format."""
    if column in ID_PATTERNS:
        return f"format('{ID_PATTERNS[column]}', {column})"
    return column


def write_csv(chunks, output):
    """Append the chunks to one csv file per table."""
    with ExitStack() as stack:
        connection = stack.enter_context(connect())
        files = {name: stack.enter_context(open_csv(output, name)) for name in TABLES}
        for name, columns in TABLES.items():
            files[name].write((",".join(columns) + "\n").encode())
        for draw in chunks:
            for name, rows in rows_sql(connection, draw(), typed=False):
                text = f"""
                    select string_agg(line || chr(10), '' order by position) from ({rows})
                """
                (text,) = connection.execute(text).fetchall()[0]
                files[name].write((text or "").encode())


def open_csv(output, name):
    """Return a binary file to write a table to, compressed if the table is large."""
    if name in COMPRESSED:
        # Without a time stamp the same rows are the same bytes.
        return gzip.GzipFile(place(output, name) / f"{name}.csv.gz", "wb", mtime=0)
    return open(place(output, name) / f"{name}.csv", "wb")


def place(output, name):
    """Return the folder of a table: answers and inputs are in separate folders."""
    folder = output / "answers" if name in ANSWERS else output
    folder.mkdir(exist_ok=True)
    return folder


def write_parquet(chunks, output):
    """Write each chunk to separate files, then join these in order, table by table."""
    # Two workers: while DuckDB writes a chunk, Python can draw only one other.
    with TemporaryDirectory(dir=output) as parts, ThreadPoolExecutor(2) as workers:
        # Making the lists raises any error of a worker.
        list(workers.map(partial(write_parts, parts), range(len(chunks)), chunks))
        list(workers.map(partial(join_parts, parts, output), TABLES))


def write_parts(parts, number, draw):
    """Draw a chunk and write a Parquet file per table into the folder `parts`."""
    with connect() as connection:
        for name, rows in rows_sql(connection, draw(), typed=True):
            ordered = f"select * exclude (position) from ({rows}) order by position"
            connection.sql(ordered).write_parquet(f"{parts}/{name}_{number:09d}.parquet")


def join_parts(parts, output, name):
    """Write the Parquet file of a table from the files that the chunks left."""
    with connect() as connection:
        rows = connection.read_parquet(f"{parts}/{name}_*.parquet")
        rows.write_parquet(str(place(output, name) / f"{name}.parquet"), compression="zstd")


def connect():
    """Return a connection with one thread, so that row groups and order never vary."""
    return duckdb.connect(config={"threads": 1, "memory_limit": "1GB"})


def main():
    """Read the arguments and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=3000, help="at least 100")
    parser.add_argument(
        "--months",
        type=int,
        default=MONTHS,
        choices=range(1, MONTHS + 1),
        metavar=f"1-{MONTHS}",
        help="months of transactions; 13 hold about 20 per customer",
    )
    parser.add_argument("--seed", type=int, default=2025)
    parser.add_argument(
        "--output",
        type=Path,
        default=Path(__file__).resolve().parents[1] / "data" / "demo",
    )
    parser.add_argument("--format", choices=("csv", "parquet"), default="csv")
    parser.add_argument("--defects", action=argparse.BooleanOptionalAction, default=True)
    arguments = parser.parse_args()
    if arguments.customers < 100:
        parser.error("--customers must be at least 100, to leave room for the defects")
    arguments.output.mkdir(parents=True, exist_ok=True)
    typed = arguments.format == "parquet"
    chunks = plan_chunks(
        arguments.customers, arguments.months, arguments.seed, typed, arguments.defects
    )
    (write_parquet if typed else write_csv)(chunks, arguments.output)


if __name__ == "__main__":
    main()
