import subprocess
import sys


def test_the_room_itself_imports_nothing_heavy():
    program = (
        "import sys, earlywarn.models; "
        "print(*{'sklearn', 'statsmodels', 'skops', 'pandas', 'shap', 'mlflow'} & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)  # noqa: S603
    assert run.stdout.split() == []
