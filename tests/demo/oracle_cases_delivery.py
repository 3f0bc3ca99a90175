"""Hand-worked cases of service records; see oracle_cases."""

from tests.demo.oracle_cases import many

# From 2025-09-01 to 2026-06-30 are 303 days of 365: 80 % of 303 h = 14,544 minutes.
# From 2026-03-01 are 122 days: 80 % of 122 h = 5,856 minutes.
RECORDS = {
    "D01": """
contracts id starts_on ends_on ended_on
K 2025-09-01 2026-08-31 -
day-60 2026-05-02 2027-05-01 -
day-59 2026-05-03 2027-05-02 -
third 2024-03-01 2027-02-28 -
leap 2024-02-29 2027-02-27 -
over 2025-07-01 2026-06-29 -
broken 2025-09-01 2026-08-31 2026-06-29
last 2025-07-01 2026-06-30 -
anniversary 2024-06-30 2027-06-29 -
contract_terms contract_id id group hours
K exact direct 365
K below direct 365
K free direct 0
K unknown direct -
K support indirect 365
day-60 a direct 365
day-59 a direct 365
third a direct 365
third b direct 365
leap a direct 365
over a direct 365
broken a direct 365
last a direct 365
anniversary a direct 365
service_records id contract_id term_id started_at minutes
1 K exact 2025-08-31T16:00Z 14000
2 K exact 2026-06-30T23:59+08:00 544
3 K below 2026-01-05T09:00+08:00 14543
4 K below 2026-07-01T00:00+08:00 60
5 K below 2025-08-31T15:59Z 60
6 third a 2026-03-01T00:00+08:00 5856
7 third b 2026-02-28T23:59+08:00 5856
8 leap a 2026-02-28T23:59+08:00 5856
=> K/below day-60/a last/a leap/a third/b""",
    # 2023-07-01 to 2024-06-30 has 366 days, of which 200 by 2024-01-16: 160 h = 9,600 minutes.
    "D01 leap year": """
as_of 2024-01-16
contracts id starts_on ends_on
K 2023-07-01 2024-06-30
contract_terms contract_id id group hours
K exact direct 366
K below direct 366
service_records id contract_id term_id started_at minutes
1 K exact 2023-09-01T09:00+08:00 9600
2 K below 2023-09-01T09:00+08:00 9599
=> K/below""",
    "D02": """
service_records id worker_id started_at minutes
1 exact 2026-03-02T08:00+08:00 300
2 exact 2026-03-02T14:00+08:00 300
3 above 2026-03-02T08:00+08:00 300
4 above 2026-03-02T14:00+08:00 301
5 midnight 2026-03-01T15:59Z 301
6 midnight 2026-03-01T16:00Z 300
7 abroad 2026-03-01T16:00Z 301
8 abroad 2026-03-02T23:59+08:00 300
=> above@2026-03-02 abroad@2026-03-02""",
    "D03": """
service_records id worker_id started_at minutes
touch-1 A 2026-03-02T09:00+08:00 60
touch-2 A 2026-03-02T02:00Z 60
long B 2026-03-02T09:00+08:00 120
inner B 2026-03-02T09:10+08:00 10
outer B 2026-03-02T10:59+08:00 10
clear B 2026-03-02T11:09+08:00 10
tie-a C 2026-03-02T09:00+08:00 10
tie-b C 2026-03-02T09:00+08:00 60
else D 2026-03-02T09:00+08:00 60
=> inner outer tie-b""",
    "D04": """
service_records id contract_id worker_id term_id client_id started_at minutes
1 K A t c 2026-03-02T09:00+08:00 60
2 K A t c 2026-03-02T01:00Z 60
3 K A t c 2026-03-02T09:00+08:00 60
4 L A t c 2026-03-02T09:00+08:00 60
5 K B t c 2026-03-02T09:00+08:00 60
6 K A u c 2026-03-02T09:00+08:00 60
7 K A t d 2026-03-02T09:00+08:00 60
8 K A t c 2026-03-02T09:01+08:00 60
9 K A t c 2026-03-02T09:00+08:00 61
a K A t - 2026-03-02T09:00+08:00 60
b K A t - 2026-03-02T09:00+08:00 60
=> 2 3 b""",
    # Late are of K 6 of 20, of L 7, of N 6 longer ones, of O none; M has 19 in the month.
    "D05": f"""
service_records id contract_id started_at entered_at minutes
{many(14, "k# K 2026-03-02T09:00+08:00 2026-03-02T18:00+08:00 60")}
{many(6, "kk# K 2026-03-02T09:00+08:00 2026-03-16T09:01+08:00 60")}
{many(13, "l# L 2026-02-28T16:00Z 2026-03-15T00:00+08:00 60")}
{many(7, "ll# L 2026-03-31T23:59+08:00 2026-04-15T00:00+08:00 60")}
{many(19, "m# M 2026-03-02T09:00+08:00 2026-06-01T09:01+08:00 60")}
{many(1, "mm# M 2026-04-02T09:00+08:00 2026-06-01T09:01+08:00 60")}
{many(14, "n# N 2026-03-02T09:00+08:00 2026-03-02T18:00+08:00 60")}
{many(6, "nn# N 2026-03-02T09:00+08:00 2026-06-01T09:01+08:00 61")}
{many(20, "o# O 2026-03-02T09:00+08:00 2026-03-16T01:00Z 60")}
=> L@2026-03 N@2026-03""",
    "D06": """
contracts id starts_on ends_on ended_on
K 2026-03-01 2026-12-31 -
L 2026-03-01 2026-12-31 2026-03-31
service_records id contract_id started_at
first K 2026-02-28T16:00Z
before K 2026-02-28T23:59+08:00
last K 2026-12-31T23:59+08:00
after K 2027-01-01T00:00+08:00
ended L 2026-03-31T15:59Z
later L 2026-03-31T16:00Z
=> after before later""",
    "D07": """
contracts id provider_uscc
K P
workers id uscc employed_from employed_to
own P 2026-03-01 2026-03-31
new P 2026-03-01 -
other Q 2020-01-01 -
service_records id contract_id worker_id started_at
first K own 2026-03-01T00:00+08:00
before K own 2026-02-28T15:59Z
last K own 2026-03-31T23:59+08:00
after K own 2026-04-01T00:00+08:00
ever K new 2030-01-01T00:00+08:00
foreign K other 2026-03-01T00:00+08:00
=> after before foreign""",
    "D08": f"""
contracts id staff starts_on ends_on ended_on
K 5 2026-05-01 2026-12-31 -
partial 1 2026-04-02 2026-05-30 -
ended 1 2026-04-01 2026-12-31 2026-05-31
fifth 5.01 2026-05-01 2026-05-31 -
half 0.5 2026-06-01 2026-12-31 -
unknown - 2026-01-01 2026-12-31 -
nobody 0 2026-01-01 2026-12-31 -
future 1 2026-07-01 2026-12-31 -
service_records id contract_id worker_id started_at minutes
{many(4, "may# K w# 2026-05-31T15:59Z 1200")}
{many(4, "fifth# fifth w# 2026-05-31T15:59Z 1200")}
{many(3, "june# K w# 2026-05-31T16:00Z 1200")}
a K w3 2026-06-02T09:00+08:00 600
b K w3 2026-06-30T23:59+08:00 599
c future w3 2026-06-03T09:00+08:00 600
d half w1 2026-06-03T09:00+08:00 600
e half w1 2026-06-04T09:00+08:00 600
=> K@2026-06 ended@2026-04 ended@2026-05 fifth@2026-05""",
    "I01": f"""
contracts id starts_on ends_on
exact 2025-06-30 2026-06-30
below 2025-06-30 2026-06-30
young 2025-07-01 2027-06-30
over 2025-06-29 2026-06-29
nobody 2025-06-30 2026-06-30
contract_terms contract_id id type
exact t case_work
exact g group_work
below t case_work
young t case_work
over t case_work
nobody t group_work
nobody g case_work
service_records id contract_id term_id client_id
{many(10, "e# exact t c#")}
again exact t c0
group exact g c99
noname exact t -
{many(100, "b# below t c#")}
young young t c0
over over t c0
other nobody t c0
nameless nobody g -
outcomes contract_id client_id instrument wave
exact c0 A baseline
exact c0 A exit
exact c1 A baseline
exact c1 A follow_up_6m
exact c2 B baseline
exact c2 B follow_up_12m
{many(29, "below c# A baseline")}
{many(29, "below c# A exit")}
below c30 A baseline
below c30 B exit
below c31 A exit
below c31 A follow_up_6m
below c999 A baseline
below c999 A exit
=> below""",
}
