"""The deployment view in a real browser: headless Chromium, driven by Playwright."""

import csv
import io
import json
import math
import shutil
from importlib.resources import files
from pathlib import Path

import onnx
import pytest
from conftest import ROOT, Server
from onnx import helper
from playwright.sync_api import expect, sync_playwright

SHIPPED = ROOT / "server/deployments"
DATA = ROOT / "examples/data"
# A browser of the system; without these options it looks up its maker's hosts.
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def shipped():
    with Server(sorted(SHIPPED.iterdir())) as server:
        yield server


@pytest.fixture(scope="module")
def chromium():
    binary = shutil.which("chromium")
    assert binary, "this test needs chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=binary, args=OPTIONS)
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium):
    """A page of a browser; errors of its scripts, and what its policy refused, fail the test."""
    context = chromium.new_context(accept_downloads=True)
    page = context.new_page()
    problems = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.problems = problems
    yield page
    context.close()
    assert problems == []


def one_hot_model(classes):
    """A model that gives back the category it takes."""
    vector = lambda name: helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["N", classes])
    node = helper.make_node("Identity", ["given"], ["found"])
    graph = helper.make_graph([node], "one hot", [vector("given")], [vector("found")])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def view(tab, server, id):
    tab.goto(f"{server.base}/deployment/{id}")


def draw(tab, *points):
    """Draws a line through points, given in shares of the drawing."""
    drawing = tab.locator(".drawing")
    drawing.scroll_into_view_if_needed()
    box = drawing.bounding_box()
    places = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in points]
    tab.mouse.move(*places[0])
    tab.mouse.down()
    for place in places[1:]:
        tab.mouse.move(*place, steps=8)
    tab.mouse.up()


def best(tab, output):
    return tab.locator(f'[data-output="{output}"] .bars tbody th').first


def test_a_drawn_seven_is_a_seven(tab, shipped):
    view(tab, shipped, "digits")
    draw(tab, (0.2, 0.15), (0.8, 0.15), (0.45, 0.9))
    tab.get_by_role("button", name="Predict").click()
    expect(best(tab, "digit")).to_have_text("7")
    expect(tab.locator("#answer")).to_contain_text("answered in")


def test_one_click_leads_to_a_drawing_that_is_predicted(tab, shipped):
    """From the address that the server prints: a deployment is chosen, a digit is drawn, and the answer is there."""
    tab.goto(f"{shipped.base}/")
    tab.get_by_role("link", name="Handwritten digits").click()
    draw(tab, (0.2, 0.15), (0.8, 0.15), (0.45, 0.9))
    expect(best(tab, "digit")).to_have_text("7")


def test_numbers_wait_for_predict(tab, shipped):
    view(tab, shipped, "penguins")
    expect(tab.get_by_label("at each change")).not_to_be_checked()


def test_the_answer_follows_the_drawing(tab, shipped):
    view(tab, shipped, "digits")
    expect(tab.get_by_label("at each change")).to_be_checked()
    angles = [2 * math.pi * step / 12 for step in range(13)]
    draw(tab, *((0.5 + 0.3 * math.cos(angle), 0.5 + 0.4 * math.sin(angle)) for angle in angles))
    expect(best(tab, "digit")).to_have_text("0")
    tab.get_by_role("button", name="Clear").click()
    draw(tab, (0.2, 0.15), (0.8, 0.15), (0.45, 0.9))
    expect(best(tab, "digit")).to_have_text("7")


def test_a_chosen_image_is_predicted(tab, shipped):
    view(tab, shipped, "digits")
    tab.set_input_files(".field.image input[type=file]", DATA / "digits/digit-7-0081.png")
    expect(tab.locator(".chosen")).to_be_visible()
    tab.get_by_role("button", name="Predict").click()
    expect(best(tab, "digit")).to_have_text("7")


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_an_image_is_dropped_or_pasted(tab, shipped, how):
    view(tab, shipped, "digits")
    bytes = list((DATA / "digits/digit-7-0081.png").read_bytes())
    tab.evaluate(
        """([bytes, how]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([Uint8Array.from(bytes)], "seven.png", { type: "image/png" }));
            const well = document.querySelector(".well");
            well.dispatchEvent(how === "drop"
                ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
                : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true, cancelable: true }));
        }""",
        [bytes, how],
    )
    expect(tab.locator(".chosen")).to_be_visible()
    tab.get_by_role("button", name="Predict").click()
    expect(best(tab, "digit")).to_have_text("7")


def test_an_image_that_is_missing_is_asked_for(tab, shipped):
    view(tab, shipped, "digits")
    tab.get_by_role("button", name="Predict").click()
    expect(tab.locator("#answer")).to_contain_text("image: draw, drop, paste or choose an image first")


def test_an_untouched_form_has_a_real_penguin(tab, shipped):
    view(tab, shipped, "penguins")
    tab.get_by_role("button", name="Predict").click()
    expect(best(tab, "species")).to_have_text("Adelie")
    mass = float(tab.locator('[data-output="body mass (g)"] div').inner_text())
    assert 2500 < mass < 6500


def test_a_slider_sets_its_number(tab, shipped):
    view(tab, shipped, "penguins")
    slider = tab.get_by_label("flipper length (mm), from 178 to 230")
    slider.fill("230")
    expect(tab.get_by_label("flipper length (mm)", exact=True)).to_have_value("230")


def test_an_array_is_a_heat_map(tab, shipped):
    view(tab, shipped, "denoise")
    tab.get_by_role("button", name="Predict").click()
    expect(tab.get_by_role("img", name="8 × 8 × 1 values from")).to_have_count(2)


def test_the_rows_of_a_file_are_predicted(tab, shipped):
    view(tab, shipped, "penguins")
    tab.set_input_files("#csv", DATA / "penguins.csv")
    expect(tab.locator("#progress")).to_have_text("67 rows")
    with tab.expect_download() as download:
        tab.get_by_role("link", name="Download all rows").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text())))
    assert [row["species"] for row in rows] == [row["predicted species"] for row in rows]
    assert len(rows) == 67 and float(rows[0]["predicted body mass (g)"]) > 2500


def test_a_bad_row_of_a_file_is_told_beside_it(tab, shipped, tmp_path):
    lines = (DATA / "penguins.csv").read_text().splitlines()[:4]
    lines[2] = lines[2].replace("Biscoe", "Atlantis")
    file = tmp_path / "rows.csv"
    file.write_text("\n".join(lines))
    view(tab, shipped, "penguins")
    tab.set_input_files("#csv", file)
    expect(tab.locator("#progress")).to_have_text("3 rows; 1 refused")
    expect(tab.locator("#results tbody tr").nth(1)).to_contain_text("Atlantis")
    tab.problems.clear()  # A browser notes a response of 400.


def test_a_file_without_the_columns_is_refused(tab, shipped, tmp_path):
    file = tmp_path / "rows.csv"
    file.write_text("island,sex\nBiscoe,male\n")
    view(tab, shipped, "penguins")
    tab.set_input_files("#csv", file)
    expect(tab.locator("#progress")).to_contain_text("has no column bill length (mm), bill depth (mm)")


def test_a_wrong_token_ends_the_rows_of_a_file(tab, shipped):
    """It is no row's fault: nothing is sent row by row."""
    view(tab, shipped, "penguins")
    tab.get_by_label("Token").fill("wrong")
    sent = []
    tab.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    tab.set_input_files("#csv", DATA / "penguins.csv")
    expect(tab.locator("#progress")).to_have_text("the token is not one of this deployment")
    assert len(sent) == 1
    tab.problems.clear()  # A browser notes a response of 401.


@pytest.mark.parametrize(
    "content, progress, cells",
    [
        ('text,id\nit is 5" long,1\n"is a ""quote""",2\n', "2 rows", ['it is 5" long', 'is a "quote"']),
        ('text,id\nHallo, Welt,1\nHello,2\n', "2 rows; 1 refused", ["it has 3 cells, the first line has 2", "Hello"]),
        ('text,id\n"Hello,1\nHallo,2\n', "a quote in the file is never closed", []),
        ("text,text\na,b\n", "the first line of the file has the column text twice", []),
    ],
)
def test_a_file_is_read_as_it_is_meant(tab, shipped, tmp_path, content, progress, cells):
    file = tmp_path / "rows.csv"
    file.write_text(content)
    view(tab, shipped, "language")
    tab.set_input_files("#csv", file)
    expect(tab.locator("#progress")).to_have_text(progress)
    for row, cell in enumerate(cells):
        expect(tab.locator("#results tbody tr").nth(row)).to_contain_text(cell)


def test_the_token_is_masked_until_it_is_asked_for(tab, shipped):
    view(tab, shipped, "penguins")
    masked = "getComputedStyle(document.querySelector('.secret')).webkitTextSecurity"
    assert tab.evaluate(masked) == "disc"
    tab.get_by_role("button", name="Show").click()
    assert tab.evaluate(masked) == "none"
    tab.get_by_role("button", name="Hide").click()
    assert tab.evaluate(masked) == "disc"


def test_a_call_is_copied_with_its_token(chromium, shipped):
    context = chromium.new_context(permissions=["clipboard-read", "clipboard-write"])
    tab = context.new_page()
    view(tab, shipped, "penguins")
    tab.locator("#call-curl + button").click()
    expect(tab.locator("#call-curl + button")).to_have_text("Copied")
    assert "Bearer penguins-token" in tab.evaluate("navigator.clipboard.readText()")
    context.close()


def test_a_wrong_token_is_told(tab, shipped):
    view(tab, shipped, "penguins")
    tab.get_by_label("Token").fill("wrong")
    tab.get_by_role("button", name="Predict").click()
    expect(tab.locator("#answer .failed")).to_contain_text("InvalidTokenError")
    tab.problems.clear()  # A browser notes a response of 401.


def test_many_categories_can_be_searched(tab, tmp_path):
    folder = tmp_path / "classes"
    folder.mkdir()
    labels = [*(f"class {number}" for number in range(30)), "zebra"]
    (folder / "model.onnx").write_bytes(one_hot_model(len(labels)).SerializeToString())
    feature = {"type": "categorical", "shape": [len(labels)], "categories": labels}
    declaration = {
        "id": "classes",
        "tokens": ["classes-token"],
        "inputs": [{**feature, "name": "given", "tensor": "given"}],
        "outputs": [{**feature, "name": "found", "tensor": "found"}],
    }
    (folder / "deployment.json").write_text(json.dumps(declaration))
    with Server([folder]) as server:
        view(tab, server, "classes")
        tab.locator("details.values summary").first.click()
        tab.get_by_label("Search the values of given").fill("zeb")
        expect(tab.locator("details.values").first.locator("li:visible")).to_have_text(["zebra"])
        tab.get_by_label("given", exact=True).fill("zebra")
        tab.get_by_role("button", name="Predict").click()
        expect(best(tab, "found")).to_have_text("zebra")
        expect(tab.locator("#answer")).to_contain_text("and 21 more")


@pytest.mark.parametrize("id", ["", "digits", "penguins", "language", "denoise", "denoise-image"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 900}], ids=["phone", "desktop"])
def test_no_page_is_wider_than_its_screen_or_hard_to_use(chromium, shipped, id, scheme, size):
    context = chromium.new_context(viewport=size, color_scheme=scheme, bypass_csp=True)
    tab = context.new_page()
    tab.goto(f"{shipped.base}/deployment/{id}" if id else shipped.base)
    assert tab.evaluate("document.documentElement.scrollWidth") <= size["width"]
    # axe's rules: https://dequeuniversity.com/rules/axe
    tab.add_script_tag(content=(files("axe_core_python") / "axe.min.js").read_text())
    found = tab.evaluate("axe.run()")["violations"]
    serious = [rule["help"] for rule in found if rule["impact"] in ("serious", "critical")]
    assert serious == [], serious
    if id:
        url = tab.locator("dd code").first.bounding_box()
        assert url["width"] > size["width"] / 2 or url["height"] < 40
    context.close()


def test_an_unknown_deployment_is_a_page_with_those_there_are(tab, shipped):
    view(tab, shipped, "nowhere")
    expect(tab.get_by_role("heading", name="Not found")).to_be_visible()
    tab.get_by_role("link", name="Palmer penguins").click()
    expect(tab.get_by_role("heading", name="Try it")).to_be_visible()
    tab.problems.clear()  # A browser notes a response of 404.


def test_the_last_hour_is_shown(tab, shipped):
    view(tab, shipped, "penguins")
    tab.get_by_role("button", name="Predict").click()
    expect(best(tab, "species")).to_be_visible()
    view(tab, shipped, "penguins")
    expect(tab.locator("[data-recent=penguins]")).to_contain_text("requests in the last hour")
    expect(tab.locator("[data-recent=penguins] caption")).to_be_visible()
    tab.goto(shipped.base)
    expect(tab.locator("[data-recent=penguins]")).to_contain_text("99 % within")


def test_a_deployment_is_disabled_on_its_page(tab, tmp_path):
    token = tmp_path / "admin"
    token.write_text("admin-token")
    with Server([SHIPPED / "penguins"], "--admin-token-file", str(token)) as server:
        view(tab, server, "penguins")
        tab.get_by_label("Admin token").fill("wrong")
        tab.get_by_role("button", name="Disable").click()
        expect(tab.locator("#switch output")).to_have_text("this needs the admin token")
        tab.get_by_label("Admin token").fill("admin-token")
        tab.get_by_role("button", name="Disable").click()
        expect(tab.get_by_role("button", name="Enable")).to_be_visible()
        tab.get_by_role("button", name="Predict").click()
        expect(tab.locator("#answer .failed")).to_contain_text("DeploymentNotEnabled")
    tab.problems.clear()  # A browser notes responses of 401 and 403.
