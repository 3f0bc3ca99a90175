"""A tiny valid city package: all 31 tables with a few rows each, to break one thing at a time."""

from __future__ import annotations

import copy
import csv
import io
import json
from pathlib import Path
from typing import Any

from almoner.citypackage import SCHEMA

Rows = list[dict[str, str]]

# Stand-ins for the codes of the organisations, replaced in TEXT.
USCC = {
    "@P": "11440100MB2C00010X",
    "@F": "11440100MB2C00020Y",
    "@A": "51440100MJK000010J",
    "@B": "51440100MJK000020K",
    "@E": "52440100MJK000030H",
}

TEXT = {
    "areas": """
code,name_zh,name_en,level,parent_code,population,population_source
4401,甲市,Jia City,city,,,
440101,乙区,Yi District,district,4401,90000,census 2020
440101001,丙街,Bing Street,street,440101,3000,
""",
    "organisations": """
uscc,name_zh,name_en,kinds,area_code,registered_on,supervising_uscc,status
@P,丙街道办事处,Bing Street Office,purchaser|supervisor,440101001,,,active
@F,乙区财政局,Yi Finance Bureau,finance,440101,,,active
@A,甲社工中心,Jia Social Work,provider,440101,2010-05-01,@P,active
@B,乙社工中心,Yi Social Work,provider,,,,suspended
@E,评估事务所,Evaluators,evaluator,4401,2009-01-01,,active
GB-CHC-1234567,海外慈善,Charity Abroad,registrar,,,,active
""",
    "organisation_links": """
uscc,other_uscc,kind,from_on,to_on,note
@A,@B,board_member,2020-01-01,2021-01-01,"one ""shared"" director, until 2021"
@A,@E,founder,,,
""",
    "workers": """
id,uscc,licence,education,relevant_major,retired_rehire,employed_from,employed_to
W1,@A,social_worker,bachelor,true,false,2020-01-01,
W2,@A,none,,,,2020-01-01,2025-12-31
W3,@B,senior,master_or_above,true,false,2018-07-01,2018-07-01
""",
    "wage_floors": """
area_code,year,gross_wage_fen
440101,2025,450000
440101,2026,470000
""",
    "payroll": """
worker_id,month,gross_wage_fen,pension,medical,unemployment,work_injury,maternity,housing_fund,accident_cover
W1,2025-01,600000,true,true,true,true,true,true,false
W1,2025-12,600000,true,true,true,true,true,true,true
W2,2025-01,500000,true,true,true,true,true,false,false
""",
    "service_items": """
code,parent_code,name_zh,name_en,kind,content,procedure,fee_basis,evaluation,valid_from,valid_to
A,,社会服务,Social services,public_service,,,,,2015-01-01,
A01,A,家庭服务,Family services,public_service,"case work
group work",,per hour,yearly,2015-01-01,2030-12-31
""",
    "needs": """
id,area_code,service_item,channel,raised_on,supporters,answered_on,answer
N1,440101001,A01,online,2024-03-01,12,2024-03-20,planned
N2,440101001,,meeting,2024-03-02,0,,
""",
    "appropriations": """
id,fiscal_year,payer_uscc,level,source,service_item,area_code,amount_fen
B1,2025,@F,district,budget,A01,440101,200000000
B2,2025,@P,street,donation,,,0
""",
    "tenders": """
id,purchaser_uscc,service_item,area_code,method,intention_published_on,demand_survey_respondents,users_consulted,published_at,bid_deadline,opened_at,award_decided_on,award_published_on,ceiling_fen,required_direct_hours,required_staff
T1,@P,A01,440101001,open,2024-09-01,5,30,2024-10-08T09:00:00+08:00,2024-11-01T17:00:00+08:00,2024-11-01T17:30:00.25+08:00,2024-11-05,2024-11-06,200000000,21268.8,14
T2,@P,A01,440101001,single_source,,,,2024-10-08T01:00Z,2024-11-01T04:00:00-05:00,,,,,,
""",
    "tender_criteria": """
tender_id,id,name,kind,weight
T1,price,Price,price,20
T1,quality,Quality,quality,79.995
T2,all,,outcome,100.00
""",
    "bids": """
id,tender_id,provider_uscc,submitted_at,status,reason,price_fen,direct_hours,staff
D1,T1,@A,2024-10-30T10:00:00+08:00,valid,,199000000,21268.80,14
D2,T1,@B,2024-11-02T10:00:00+08:00,late,a day late,190000000,23957,14.5
""",
    "bid_staff": """
bid_id,worker_id,fte
D1,W1,1
D1,W2,0.5
D2,W3,1.0
""",
    "bid_scores": """
bid_id,panellist_id,criterion_id,score
D1,X1,price,0
D1,X1,quality,100
D1,X2,quality,87.5
""",
    "contracts": """
id,tender_id,bid_id,purchaser_uscc,provider_uscc,supervisor_uscc,area_code,service_item,signed_on,published_on,filed_on,starts_on,ends_on,ended_on,end_kind,amount_fen,staff,framework_id,framework_version,target_group
C1,T1,D1,@P,@A,@F,440101001,A01,2024-11-20,2024-11-21,,2025-01-01,2025-12-31,,,199000000,14,F1,1,both
C2,,,@P,@B,,440101001,A01,2024-12-20,,,2025-01-01,2025-01-01,2025-01-01,completed,1000000,,,,
""",
    "contract_terms": """
contract_id,id,group,type,category,formula,hours
C1,case,direct,case_work,,8 case/staff * 5 session/case * 6 hour/session * 14 staff,3360
C1,enq,indirect,case_enquiry,,X hour,
C2,case,direct,case_work,elders,not a formula (,10
""",
    "contract_changes": """
contract_id,seq,kind,made_on,proposed_by_uscc,agreed_by_provider,amount_delta_fen,detail,reason
C1,1,amount,2025-06-01,@P,true,-100000,,fewer groups
C1,2,staff,2025-07-01,,false,,13 staff,
""",
    "commitments": """
contract_id,appropriation_id,amount_fen
C1,B1,199000000
C2,B2,0
""",
    "instalments": """
contract_id,seq,amount_fen,condition,due_on,accepted_on,paid_on,paid_fen,delay_cause
C1,1,99500000,on signing,2025-01-15,2025-01-15,2025-01-20,99500000,
C1,2,99500000,,2025-12-15,,,,evaluation
""",
    "service_records": """
id,contract_id,term_id,worker_id,started_at,minutes,participants,client_id,entered_at,channel
S1,C1,case,W1,2025-02-03T09:00:00+08:00,60,,u1,2025-02-03T11:00:00+08:00,phone
S2,C1,case,W2,2025-02-03T01:00:00Z,1,8,,2025-02-04T11:00:00.000001+08:00,
S3,C1,enq,W1,2025-02-03T09:00+08:00,30,0,u2,2025-02-03T22:15:00-00:30,import
""",
    "task_requests": """
id,contract_id,requested_by_uscc,requested_on,summary,hours,ruling,ruled_on
Q1,C1,@P,2025-03-01,"leaflets, 2,000 of them",16,imposed,2025-03-02
""",
    "frameworks": """
id,version,issuer_uscc,name,valid_from
F1,1,@P,City core,2015-01-01
F1,2,@P,City core,2025-06-01
""",
    "indicators": """
framework_id,framework_version,id,parent_id,name_zh,name_en,dimension,measures,weight,min_score,max_score,common_id
F1,1,I,,产出,Output,output,,60,,,
F1,1,I1,I,工时,Hours,output,output,40,0,40,hours
F1,1,I2,I,质量,Quality,output,quality,20.00,,20,
F1,1,J,,效益,Benefit,benefit,satisfaction,40,1,,
""",
    "evaluations": """
id,contract_id,agency_uscc,commissioned_by_uscc,paid_by_uscc,framework_id,framework_version,stage,period_from,period_to,assigned_on,reported_on
E1,C1,@E,@P,@F,F1,1,final,2025-01-01,2025-12-31,2025-12-01,2026-01-20
""",
    "ratings": """
evaluation_id,rater_id,indicator_id,score,evidence_count
E1,R1,I1,40,3
E1,R1,I2,0,0
E1,R1,J,1.0,2
E1,R2,J,100,2
""",
    "consequences": """
evaluation_id,kind,decided_on,amount_fen
E1,renew,2026-02-01,
E1,payment_adjusted,2026-02-01,-5000
""",
    "survey_waves": """
id,contract_id,drawn_by,frame_size,frame_sha256,seed,drawn_on,drawn
V1,C1,system,300,,beacon 7,2025-11-01,60
""",
    "survey_responses": """
wave_id,respondent_id,question,score,mode
V1,P1,overall,5,self
V1,P2,overall,1,proxy
V1,P2,speed,3.5,
""",
    "outcomes": """
contract_id,client_id,instrument,wave,measured_on,score
C1,u1,GAS,baseline,2025-02-01,-1.50
C1,u1,GAS,exit,2025-11-01,007
""",
    "complaints": """
id,contract_id,tender_id,from_kind,received_on,due_on,answered_on,outcome
K1,C1,,user,2025-05-01,2025-05-31,2025-05-20,partly_upheld
K2,,T1,provider,2024-11-10,2024-12-20,,
""",
    "notices": """
kind,subject_id,published_at
tender,T1,2024-10-08T09:00:00+08:00
contract,C1,2024-11-21T09:00:00+08:00
""",
}


def tables() -> dict[str, Rows]:
    """The rows of every table, in the schema's order, free to be changed."""
    filled = {}
    for name in SCHEMA.raw:
        text = TEXT[name].lstrip()
        for short, code in USCC.items():
            text = text.replace(short, code)
        filled[name] = list(csv.DictReader(io.StringIO(text, newline="")))
    return filled


def with_referenced(*names: str) -> dict[str, Rows]:
    """Those tables and all that they refer to, directly or not: quicker than all 31."""
    needed: set[str] = set()
    todo = list(names)
    while todo:
        name = todo.pop()
        if name not in needed:
            needed.add(name)
            todo += [key.table for key in SCHEMA.tables[name].foreign_keys]
    return {name: rows for name, rows in tables().items() if name in needed}


def descriptor(names: list[str], as_of: str = "2026-06-30") -> dict[str, Any]:
    """A descriptor that lists these tables, each in its own CSV file."""
    listed = [resource for resource in SCHEMA.descriptor["resources"] if resource["name"] in names]
    return copy.deepcopy({**SCHEMA.descriptor, "custom:as_of": as_of, "resources": listed})


def csv_bytes(rows: Rows, header: tuple[str, ...] | list[str]) -> bytes:
    """Rows as a CSV file with that header."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def write_small(
    folder: Path, filled: dict[str, Rows] | None = None, as_of: str = "2026-06-30"
) -> Path:
    """Write a package folder of these tables (all 31 by default) without validating them."""
    filled = tables() if filled is None else filled
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in filled.items():
        header = list(rows[0]) if rows else SCHEMA.tables[name].names
        (folder / f"{name}.csv").write_bytes(csv_bytes(rows, header))
    text = json.dumps(descriptor(list(filled), as_of), ensure_ascii=False)
    (folder / "datapackage.json").write_text(text, "utf-8")
    return folder


def small_package(folder: Path) -> Path:
    """Write the whole valid package into the folder."""
    return write_small(folder)
