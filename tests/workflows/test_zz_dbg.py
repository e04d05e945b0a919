from tests.workflows.test_form_workflow import *
def test_dbg(counter):
    hub = counter.github
    data = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(data, "PNG")
    picture = f"![截图]({hub.attach(data.getvalue())})"
    number = hub.add_issue(filled(part_2=f"夜间无人操作。\n\n{picture}",part_1=""), title=TITLE, user="mei", labels=["故障登记"])
    run = counter.issue("intake.yml", number)
    print(run.output)
    print(answer(counter, number))
    print([(r.path,r.status,r.headers) for r in hub.downloads])
    print(ticket(counter,number)[2])
    check = counter.dispatch("check.yml", f"intake/{number}", results=NO_SITE)
    print(check.output)
    assert 0
