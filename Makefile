# make help says what there is. Everything installs by itself; nothing outside .venv, .tools and var is written
# except Debian packages that "make test" needs (PostgreSQL, Chromium).
MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.PHONY: help setup demo test lint format bench docs clean

PYTHON ?= python3
export PYTHON
BIN := .venv/bin
ARGS ?=
NAME ?=
PEERS ?=

help: ## Daftar perintah / this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18

setup: ## Pasang semuanya ke .venv / install everything into .venv
	@scripts/bootstrap

demo: setup ## Pemilihan Bekasi 2024, dari foto sampai penetapan; ARGS="--no-serve --json" / the Bekasi election, start to end
	@$(BIN)/sirekap demo $(ARGS)

test: setup ## Semua uji, dengan cakupan; ARGS="tests/election" / all tests, with coverage
	@scripts/system-packages postgresql chromium libatomic1 poppler-utils
	@$(BIN)/pytest -n 2 --cov --cov-report=term:skip-covered $(ARGS)

lint: setup ## ruff, mypy, lantai impor, bandit, tautan dokumen / ... import floors, bandit, links in the docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml src
	@$(BIN)/python scripts/check_docs.py

format: setup ## Rapikan kode / format the code
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

bench: setup ## Ukur kecepatan: make bench NAME=tally; pembaca lain: NAME=reading PEERS=1 / measure
	@test -n "$(NAME)" || { echo 'Sebut namanya / name one: make bench NAME=tally' >&2; exit 2; }
	@case "$(NAME)" in workflow|intake) scripts/system-packages postgresql ;; esac
	@case "$(NAME)" in reading) scripts/system-packages npm ;; esac
	@case "$(NAME)$(PEERS)" in reading1) scripts/system-packages tesseract-ocr; .tools/bin/uv sync --frozen --quiet --extra words ;; esac
	@$(BIN)/sirekap bench $(NAME) $(ARGS)

docs: setup ## Buat ulang halaman rujukan dari kode / regenerate reference pages from the code
	@$(BIN)/sirekap docs $(ARGS)

clean: ## Hapus lingkungan dan cache; data di var/ tetap / remove environment and caches; data in var/ stays
	@rm -rf .venv .tools .pytest_cache .ruff_cache .mypy_cache .import_linter_cache .hypothesis .coverage .coverage.* htmlcov dist
	@find src tests -name __pycache__ -type d -prune -exec rm -rf {} +
