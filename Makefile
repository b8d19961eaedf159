# What there is to do here. "make demo" and "make test" need only Go and make;
# the rest of what a test needs is installed by .ci/setup.

GO    ?= go
TOOL   = $(GO) tool -modfile=.ci/tools/go.mod
FILES  = git ls-files '*.go'
BENCH ?= .
FUZZTIME ?= 10m
TESTFUZZ ?= 10s
SCREENSHOTS ?= $(CURDIR)/.build/screenshots

.PHONY: demo build test lint bench fuzz clean

demo: ## show alsolike on the bundled magazine
	$(GO) run ./cmd/alsolike demo

build: ## make the binary ./alsolike
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' ./cmd/alsolike

test: lint ## with the race detector what is quick; then everything, in a real browser too, whose pictures go to SCREENSHOTS; then fuzzing
	.ci/setup
	$(GO) test -race -short -timeout 30m ./...
	ALSOLIKE_SCREENSHOTS=$(SCREENSHOTS) $(GO) test -timeout 30m ./...
	.ci/fuzz $(TESTFUZZ)

lint: ## formatting, vet, staticcheck
	@test -z "$$($(FILES) | xargs $(TOOL) gofumpt -l | tee /dev/stderr)" || { echo 'run: make format'; exit 1; }
	$(GO) vet ./...
	$(TOOL) staticcheck ./...

format: ## write every file as gofumpt has it
	$(FILES) | xargs $(TOOL) gofumpt -l -w

vulncheck: ## known weaknesses of what we depend on; needs the network
	$(TOOL) govulncheck ./...

# Real articles where they are, else made up; the default rank of so many is 256.
REAL   = $(wildcard ../shared/datasets/reuters21578/articles.jsonl.gz ../shared/datasets/senate_press_2004_2005/articles.jsonl.gz)
CORPUS ?= $(if $(REAL),$(addprefix --from ,$(REAL)),--articles 38000)
RUNS   ?= 5

bench: ## speed, beside a peer or a limit in the same run; then every stage of a refresh, beside peers that are installed
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...
	$(GO) run ./cmd/alsolike bench $(CORPUS) --rank 256 --neighbours 20 --runs $(RUNS) $(if $(shell command -v python3),--peers)

fuzz: ## every fuzz test for FUZZTIME
	.ci/fuzz $(FUZZTIME)

clean:
	rm -rf alsolike .build
