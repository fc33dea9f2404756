import gzip

import pytest

MINIMAL = {
    "areas.csv": """\
area_code,name,former_codes
E1,Northshire,E9
E2,Southshire,
""",
    "indicators.csv": """\
indicator,label,unit,polarity
agency_rate,Agency social workers,percent,higher_is_worse
caseload,Cases per social worker,cases_per_fte,higher_is_worse
""",
    "observations.csv": """\
area_code,indicator,period_start,period_end,value,status,known_on
E1,agency_rate,2023-04-01,2024-03-31,12.5,ok,2024-11-30
E1,caseload,2024-03-31,2024-03-31,,suppressed,2024-11-30
E2,agency_rate,2023-04-01,2024-03-31,7,ok,2024-11-30
E2,agency_rate,2023-04-01,2024-03-31,8,ok,2025-11-30
""",
    "inspections.csv": """\
inspection_id,area_code,start_date,end_date,known_on,overall,care
one,E1,2022-05-09,2022-05-13,2022-07-01,good,outstanding
two,E2,2023-05-08,,2023-07-03,inadequate,
""",
}
OPTIONAL = {
    "neighbours.csv": """\
area_code,neighbour_code,rank,model,known_on
E1,E2,1,ours,2021-04-30
E2,E1,1,ours,2021-04-30
""",
    "leadership.csv": """\
area_code,role,in_post_since,interim,known_on
E1,director_of_childrens_services,2020-01-01,false,2022-07-01
E2,director_of_childrens_services,2021-01-01,true,2023-07-03
""",
    "report_themes.csv": """\
area_code,inspection_id,known_on,words,drift,note
E1,one,2022-07-01,4000,2,short
E2,two,2023-07-03,5000,0,long
""",
    "concerns.csv": """\
entry_id,version,area_code,kind,role,detail,occurred_on,known_on,strength,confidence,contributor,tier,amount,retracted
S1,1,E1,leadership_change,director,left,2024-01-31,2024-02-02,,high,C001,open,,false
S2,1,E2,caseload_concern,,,2024-03-01,2024-03-04,3,medium,C002,sector,21.5,false
S2,2,E2,caseload_concern,,,2024-03-01,2024-04-04,4,high,C002,sector,22,true
""",
    "visits.csv": """\
area_code,start_date,known_on,visit_type,theme
E1,2023-02-01,2023-03-01,focused,Front door
""",
}


class Folder:
    """A canonical folder that a test may spoil and then read; an optional table is there once written."""

    def __init__(self, path):
        self.path = path
        self.texts = MINIMAL | OPTIONAL

    def write(self, file, text):
        self.texts[file] = text
        (self.path / file).write_text(text, encoding="utf-8", newline="")
        return self.path

    def cell(self, file, row, column, text):
        """Put a text into one cell; rows are lines of the file, the header being line 1."""
        lines = [line.split(",") for line in self.texts[file].splitlines()]
        lines[row - 1][lines[0].index(column)] = text
        return self.write(file, "\n".join(",".join(line) for line in lines) + "\n")

    def add(self, *files):
        for file in files:
            self.write(file, self.texts[file])

    def compress(self, file):
        path = self.path / file
        (self.path / f"{file}.gz").write_bytes(gzip.compress(path.read_bytes(), mtime=0))
        path.unlink()


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "ours")
    made.path.mkdir()
    for file, text in MINIMAL.items():
        made.write(file, text)
    return made
