"""Hand-worked cases of directory, budget, tenders and bids; see oracle_cases."""

PROCUREMENT = {
    "P01": """
service_items code kind valid_from valid_to
A public_service 2025-01-01 2025-12-31
B auxiliary 2025-01-01 -
tenders id service_item published_at
first-day A 2024-12-31T16:00Z
last-day A 2025-12-31T23:59+08:00
open-ended B 2030-01-01T00:00+08:00
before A 2024-12-31T15:59Z
after A 2026-01-01T00:00+08:00
absent a 2025-06-01T00:00+08:00
=> absent after before""",
    "P02": """
contracts id amount_fen
exact 100
short 100
nothing 1
free 0
raised 100
refused 100
lowered 100
commitments contract_id appropriation_id amount_fen
exact a 60
exact b 40
short a 99
raised a 100
refused a 100
lowered a 90
contract_changes contract_id seq kind agreed_by_provider amount_delta_fen
raised 1 amount true 1
refused 1 amount false 1
lowered 1 amount true -10
refused 2 term true 5
=> nothing raised short""",
    "P03": """
appropriations id amount_fen
full 100
over 100
unused 0
commitments contract_id appropriation_id amount_fen
a full 60
b full 40
a over 60
b over 41
=> over""",
    "P04": """
service_items code kind
A public_service
B auxiliary
tenders id service_item demand_survey_respondents
three A 3
two A 2
none A -
auxiliary B -
absent C -
=> none two""",
    "P05": """
service_items code kind
A public_service
B auxiliary
tenders id service_item users_consulted
one A 1
zero A 0
none A -
auxiliary B 0
=> none zero""",
    "P06": """
contracts id tender_id service_item area_code starts_on ends_on ended_on
touch-1 - A 1 2025-01-01 2025-12-31 -
touch-2 - A 1 2025-12-31 2026-12-31 -
apart-1 - A 2 2025-01-01 2025-12-31 -
apart-2 - A 2 2026-01-01 2026-12-31 -
ended-1 - A 3 2025-01-01 2025-12-31 2025-06-30
ended-2 - A 3 2025-07-01 2026-06-30 -
lot-1 T A 4 2025-01-01 2025-12-31 -
lot-2 T A 4 2025-01-01 2025-12-31 -
other T A 04 2025-01-01 2025-12-31 -
two-1 T A 5 2025-01-01 2025-12-31 -
two-2 U A 5 2025-01-01 2025-12-31 -
two-3 - A 5 2025-01-01 2025-12-31 -
=> touch-1 touch-2 two-1 two-2 two-3""",
    "P07": """
service_items code kind content procedure fee_basis evaluation
whole public_service c p f e
gap-1 public_service - p f e
gap-2 public_service c - f e
gap-3 public_service c p - e
gap-4 public_service c p f -
unused public_service - - - -
aux auxiliary - - - -
tenders id service_item
1 whole
2 gap-1
3 gap-1
4 gap-2
5 gap-3
6 gap-4
7 aux
=> gap-1 gap-2 gap-3 gap-4""",
    "T01": """
tenders id method award_decided_on
three open 2026-01-01
two open 2026-01-01
none negotiation 2026-01-01
undecided open -
single single_source 2026-01-01
bids id tender_id status
1 three valid
2 three valid
3 three valid
4 two valid
5 two valid
6 two late
=> none two""",
    "T02": """
tenders id method published_at bid_deadline
exact open 2026-03-01T09:00+08:00 2026-03-21T01:00Z
short open 2026-03-01T09:00+08:00 2026-03-21T08:59:59+08:00
invited invited 2026-03-01T09:00+08:00 2026-03-02T09:00+08:00
=> short""",
    "T03": """
tenders id
some
none
zero
without
tender_criteria tender_id id kind weight
some 1 price 99.99
some 2 outcome 0.01
none 1 price 100
zero 1 outcome 0
zero 2 price 100
=> none zero""",
    "T04": """
tenders id method
ten open
thirty open
low open
high open
absent open
bare open
invited invited
tender_criteria tender_id id kind weight
ten 1 price 10
ten 2 quality 90
thirty 1 price 30.003
thirty 2 quality 70.007
low 1 price 9.999
low 2 quality 90.001
high 1 price 30.01
high 2 quality 69.99
absent 1 quality 100
invited 1 quality 100
=> absent high low""",
    # (250 * 8 - 5 * 8 - 72 - 192) / 1.1 = 1696 / 1.1 = 1541.81..; 16.96 = 0.011 * 1541.81..
    "T05": """
bids id status direct_hours staff
works valid 21268.8 14
not valid 23957 14
exact valid 16.96 0.011
above valid 16.960001 0.011
nobody valid 10 0
unknown valid 10 -
out disqualified 23957 14
=> above not""",
    "T06": """
tenders id required_direct_hours
A 24000
B 21268.8
C -
D 0
bids id tender_id status direct_hours
exact A valid 26400
above A valid 26400.1
inflated B valid 23957
out B withdrawn 23957
unknown C valid 1
zero D valid 1
=> above inflated""",
    # 1 to 5 May 2026 are holidays, Saturday 9 May is a working day; 2027 has no calendar yet.
    "T07": """
tenders id award_decided_on award_published_on
may-2 2026-04-30 2026-05-07
may-3 2026-04-30 2026-05-08
sat-2 2026-05-07 2026-05-10
sat-3 2026-05-07 2026-05-11
open-2 2026-06-26 -
open-3 2026-06-25 -
none - -
before 2026-05-20 2026-05-01
plain-2 2027-09-30 2027-10-04
plain-3 2027-09-30 2027-10-05
=> may-3 open-3 plain-3 sat-3""",
    "T08": """
tenders id award_decided_on
decided 2026-02-10
open -
contracts id tender_id purchaser_uscc provider_uscc signed_on
last-day decided G P 2026-03-01
day-after decided G Q 2026-02-10
reverse - G R 2026-02-10
undated open G S 2026-02-10
early decided G T 2026-03-01
other decided G U 2026-03-01
organisation_links uscc other_uscc from_on to_on
G P - 2026-02-10
G Q - 2026-02-09
R G - -
R G 2020-01-01 -
S G 2026-02-10 -
T G 2026-02-11 -
P U - -
=> last-day reverse undated""",
    "T09": """
contracts id bid_id starts_on ends_on ended_on
1 B1 2025-01-01 2025-12-31 -
2 B2 2025-12-31 2026-12-31 -
3 B3 2026-01-01 2026-12-31 -
4 B4 2025-01-01 2025-12-31 2025-06-30
5 B4 2025-03-01 2025-12-31 2025-06-30
6 - 2025-01-01 2025-12-31 -
bid_staff bid_id worker_id fte
B1 twice 0.6
B2 twice 0.401
B1 once 0.6
B2 once 0.4
B1 next 1
B3 next 1
B4 same 0.6
B9 lost 1
B1 lost 1
=> twice""",
    "T10": """
bids id tender_id provider_uscc status price_fen
1 same P valid 100
2 same Q valid 100
3 self P valid 100
4 self P valid 100
5 out P valid 100
6 out Q late 100
7 near P valid 100
8 near Q valid 101
=> same""",
    "T11": """
tenders id award_decided_on
only 2026-01-01
undecided -
two 2026-01-01
late 2026-01-01
bids id tender_id status
1 only valid
2 only disqualified
3 undecided valid
4 undecided disqualified
5 two valid
6 two valid
7 two disqualified
8 late valid
9 late late
=> only""",
    "T12": """
tenders id bid_deadline
A 2026-03-01T10:00+08:00
bids id tender_id status submitted_at
equal A valid 2026-03-01T02:00Z
after A valid 2026-03-01T02:00:01Z
late A late 2026-03-01T12:00+08:00
=> after""",
    "N02": """
tenders id method intention_published_on published_at
30-days open 2026-01-01 2026-01-31T00:00+08:00
29-days single_source 2026-01-01 2026-01-30T15:59Z
never invited - 2026-01-31T00:00+08:00
later open 2026-02-01 2026-01-31T00:00+08:00
=> 29-days later never""",
}
