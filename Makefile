# A thin face over scripts/bootstrap.py, which does the work with Python's standard library alone.
# On Windows: py scripts\bootstrap.py run | test | lint | sweep | bench | gpu-check | validation | setup | lock | clean
#
#   make run                              the demonstration, then the server with the playground
#   make run WORKBOOK=my.xlsx ITERATIONS=100000 ONCE=1     your workbook; also SEED= SAMPLING= PORT= RESULTS= HTTPS=1
#   make test                             every check
PYTHON ?= python3

.DEFAULT_GOAL := run
.PHONY: run test lint sweep bench gpu-check validation setup lock clean

run test lint sweep bench gpu-check validation setup lock clean:
	@$(PYTHON) scripts/bootstrap.py $@ --from-make
