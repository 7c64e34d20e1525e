# Two targets do everything on a machine that has Go, Node and make:
#
#	make run    build the simulator, serve it on http://127.0.0.1:$(PORT) and print the address
#	make test   every test, the real browser included
#
# And `make bench` and `make bench-web` measure how fast it is, beside others.
# What is missing is installed, or named in one sentence.

PORT ?= 8080
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c

WEB := site/web
GEN := $(WEB)/public/generated
GOROOT := $(shell go env GOROOT 2>/dev/null)
WASM := GOOS=js GOARCH=wasm
# For who waits for a download: no symbols, and fmt.Errorf stays a call, whose
# body at each of some hundred errors would be 60 kB of trainer.wasm. In the
# drawing so do the short functions that append to a picture, and those of
# packages that its library links and calls once, if ever: 230 kB of app.wasm.
# LEAN are 30 kB of trainer.wasm: memory of a length that is not known is
# taken from the heap, and functions with closures are not inlined.
LEAN := -d=variablemakethreshold=0,inlfuncswithclosures=0
calls = $(foreach package,$(1),-gcflags=$(package)='-l $(LEAN)')
WASM_BUILD := $(WASM) go build -trimpath -ldflags='-s -w' -gcflags=all=$(LEAN)
COLD := fmt internal/runtime/atomic ./gnn/graph ./gnn/synth ./gnn/mat ./sim/inspect
SELDOM := fmt ./sim/scene go/... text/... net/... regexp/... math/big encoding/gob encoding/json encoding/xml
KERNEL := wasm/kernel
NODE_WASM := -exec=$(CURDIR)/$(KERNEL)/go_js_wasm_exec
CORE := ./gnn/... ./kd/... ./sim ./sim/setup ./sim/wire ./sim/inspect ./sim/scene ./sim/opening ./wasm/port
# What calls the kernels: the rest does the same on any of them.
ON_KERNELS := ./gnn ./gnn/graph ./gnn/internal/kernel ./gnn/mat ./gnn/principal ./gnn/synth ./kd ./sim ./sim/inspect

# What is built from: what git knows, or all but what is made, in a copy without git.
SOURCES := $(wildcard $(shell git ls-files -co --exclude-standard 2>/dev/null \
	|| find * -type f -not -path '*/node_modules/*' -not -path '*/generated/*' -not -path 'build/*' -not -path '$(WEB)/dist/*'))
GO_FILES := $(filter %.go %.kage go.mod go.sum assets/%,$(SOURCES))

.PHONY: needs run build site desktop desktop-all mpi edge edge-build edge-deploy test check test-go test-screen test-race test-mpi test-wasm test-web test-edge test-browser bench bench-web bench-edge bench-mpi bench-page packs seeds studies lessons fair rename clean tools cluster licences audit

run: needs site build/abkd
	./build/abkd serve --dir $(WEB)/dist --data-dir build/rooms --port $(PORT)

build: needs $(WEB)/dist/index.html

# What a host serves: the page, and its files compressed as well as can be.
site: needs $(WEB)/dist/.compressed

# The page as one file, which trains from a disk without a network.
.PHONY: offline
offline: build
	@echo "$(WEB)/dist/abkd-lab.html, $$(wc -c < $(WEB)/dist/abkd-lab.html) bytes"

# A lesson as a package for learning management systems (SCORM 1.2):
# make scorm SHOW=lesson=depth TITLE="Depth"
SHOW ?= lesson=temperature
TITLE ?= ABKD Lab

.PHONY: scorm
scorm: build
	go run ./site/gen/scorm -site $(WEB)/dist -show "$(SHOW)" -title "$(TITLE)" -out build/abkd-scorm.zip
	@echo build/abkd-scorm.zip

# What has to be there before anything is made: a sentence says what is not.
GO_VERSION := $(shell sed -n 's/^go //p' go.mod)
NODE_IS_FIT := const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || a == 22 && b >= 12 || a == 20 && b >= 19 ? 0 : 1)

needs:
	@command -v go >/dev/null || { echo "Go $(GO_VERSION) or later is needed and there is no go on the PATH: https://go.dev/doc/install"; exit 1; }
	@go list -m >/dev/null 2>&1 || { echo "Go $(GO_VERSION) or later is needed; this is $$(cd / && GOTOOLCHAIN=local go env GOVERSION), which could not fetch it: https://go.dev/doc/install"; exit 1; }
	@command -v node >/dev/null || { echo "Node 20.19, 22.12 or later is needed and there is no node on the PATH: https://nodejs.org/en/download"; exit 1; }
	@node -e '$(NODE_IS_FIT)' || { echo "Node 20.19, 22.12 or later is needed, this is $$(node --version): https://nodejs.org/en/download"; exit 1; }
	@command -v npm >/dev/null || { echo "npm is needed and is not on the PATH: it comes with Node, or as Debian's package npm"; exit 1; }
	@said=$$(go list -deps ./... 2>&1 >/dev/null) || { echo "Go cannot load what is built; if a module is missing, connect this machine to the network once: $${said%%$$'\n'*}"; exit 1; }

NPM_CI := npm ci --no-audit --no-fund --ignore-scripts
NO_NPM := { echo "npm could not fetch the packages in package-lock.json: connect this machine to the network once"; exit 1; }

build/abkd: $(GO_FILES)
	CGO_ENABLED=0 go build -trimpath -o $@ ./cmd/abkd

# --- the window ---------------------------------------------------------------

# ABKD Lab in a window of its own, for this machine; and for four systems, with
# icons and what else each wants, in build/desktop. None needs a C compiler.
DESKTOP_BUILD = CGO_ENABLED=0 go build -trimpath -ldflags='-s -w$(1)' -o build/desktop/

desktop: needs
	$(call DESKTOP_BUILD)abkd-desktop$(shell go env GOEXE) ./cmd/abkd-desktop
	@echo "./build/desktop/abkd-desktop"

desktop-all: needs
	GOOS=linux GOARCH=amd64 $(call DESKTOP_BUILD)abkd-desktop-linux-amd64 ./cmd/abkd-desktop
	GOOS=linux GOARCH=arm64 $(call DESKTOP_BUILD)abkd-desktop-linux-arm64 ./cmd/abkd-desktop
	GOOS=darwin GOARCH=arm64 $(call DESKTOP_BUILD)abkd-desktop-darwin-arm64 ./cmd/abkd-desktop
	GOOS=windows GOARCH=amd64 $(call DESKTOP_BUILD, -H windowsgui)abkd-desktop-windows-amd64.exe ./cmd/abkd-desktop
	go run ./cmd/abkd-desktop/bundle -in build/desktop -out build/desktop

# The command line for several processes: it needs MPI and a C compiler.
mpi: needs
	@{ $(HAVE_MPI); } >/dev/null || { echo "There is no MPI; on Debian: sudo $(INSTALL_MPI)"; exit 1; }
	CC=mpicc go build -tags mpi -trimpath -o build/abkd-mpi ./cmd/abkd-mpi
	@echo "mpirun -np 2 ./build/abkd-mpi"

# --- the site ---------------------------------------------------------------

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json | needs
	cd $(WEB) && $(NPM_CI) || $(NO_NPM)
	touch $@

$(GEN)/trainer.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM_BUILD) $(call calls,$(COLD)) -o $@ ./wasm/trainer

# Makes packs of the files of others: it holds neither models nor the run.
$(GEN)/reader.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM) go build -trimpath -ldflags='-s -w' -o $@ ./wasm/reader

# What bench.html times.
$(GEN)/bench.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM_BUILD) $(call calls,$(COLD)) -o $@ ./wasm/bench

# The stage draws and computes nothing: it holds neither models nor kernels.
$(GEN)/app.wasm: $(GO_FILES)
	mkdir -p $(GEN)
	$(WASM_BUILD) $(call calls,$(SELDOM)) -o $@ ./wasm/app

$(KERNEL)/node_modules/.installed: $(KERNEL)/package-lock.json | needs
	cd $(KERNEL) && $(NPM_CI) --omit=dev || $(NO_NPM)
	touch $@

KERNEL_FILES := $(filter $(KERNEL)/%,$(SOURCES))

build/kernel/simd128.wasm: $(KERNEL)/node_modules/.installed $(KERNEL_FILES)
	node $(KERNEL)/build.mjs build/kernel

$(GEN)/glue.js: build/kernel/simd128.wasm
	mkdir -p $(GEN)
	cp build/kernel/simd128.wasm build/kernel/relaxed.wasm $(KERNEL)/glue.js $(GEN)/

$(GEN)/debian-mini.pack: assets/packs/debian-mini.pack
	mkdir -p $(GEN)
	cp $< $@

$(GEN)/glossary.json: $(WEB)/node_modules/.installed $(wildcard assets/glossary/*.json) $(WEB)/glossary.mjs $(WEB)/formula.mjs
	mkdir -p $(GEN)
	node $(WEB)/glossary.mjs $@

$(GEN)/icon.png: cmd/abkd-desktop/icon.png
	mkdir -p $(GEN)
	cp $< $@

$(GEN)/wasm_exec.js: $(GOROOT)/lib/wasm/wasm_exec.js
	mkdir -p $(GEN)
	cp $< $@

$(GEN)/licences.txt: assets/licences/NOTICE assets/licences/THIRD-PARTY.txt
	mkdir -p $(GEN)
	cat $^ > $@

# What the core computes for the page: the default teacher, the first picture,
# the table of controls.
$(GEN)/teacher.safetensors: $(GO_FILES)
	go run ./site/gen -web $(WEB)

WEB_FILES := $(filter $(WEB)/%,$(SOURCES))

# What the page is made of beside the licences, which "make licences" makes of it.
PAGE_PARTS := $(WEB)/node_modules/.installed $(patsubst %,$(GEN)/%,app.wasm trainer.wasm reader.wasm bench.wasm wasm_exec.js glue.js debian-mini.pack icon.png glossary.json teacher.safetensors)

$(WEB)/dist/index.html: $(PAGE_PARTS) $(GEN)/licences.txt $(WEB_FILES)
	cd $(WEB) && npm run build

$(WEB)/dist/.compressed: $(WEB)/dist/index.html
	node $(WEB)/compress.mjs $(WEB)/dist
	touch $@

# --- the edge ------------------------------------------------------------------

# The page and its classrooms for Cloudflare Workers, in build/edge: the Worker,
# which the free plan takes up to 3 MB of, compressed, and the files of the page,
# which Cloudflare compresses itself.
EDGE := build/edge
EDGE_FILES := $(filter wasm/edge/%,$(SOURCES))
MOST_WORKER := 3000000

edge-build: needs $(EDGE)/.built

$(EDGE)/.built: $(GO_FILES) $(EDGE_FILES) $(WEB)/dist/index.html
	rm -rf $(EDGE)
	go run github.com/syumai/workers/cmd/workers-assets-gen -mode=go -o $(EDGE)/worker
	cp wasm/edge/worker.mjs wasm/edge/program.mjs wasm/edge/room.mjs $(EDGE)/worker/
	$(WASM) go build -trimpath -ldflags='-s -w' -o $(EDGE)/worker/app.wasm ./wasm/edge
	cp -r $(WEB)/dist $(EDGE)/site
	find $(EDGE)/site -name '*.br' -delete -o -name '*.gz' -delete -o -name .compressed -delete
	go run ./site/gen/headers > $(EDGE)/site/_headers
	@size=$$(cat $(EDGE)/worker/* | gzip -9 | wc -c); echo "the Worker has $$size bytes, compressed"; \
		test $$size -le $(MOST_WORKER) || { echo "Cloudflare's free plan takes $(MOST_WORKER)"; exit 1; }
	touch $@

# Runs it on this machine, in Cloudflare's own runtime.
edge: edge-build wasm/edge/node_modules/.installed
	node wasm/edge/serve.mjs --port $(PORT) --data-dir build/edge-rooms

wasm/edge/node_modules/.installed: wasm/edge/package-lock.json | needs
	cd wasm/edge && $(NPM_CI) || $(NO_NPM)
	touch $@

# Deploys it to the account that wrangler is logged in to; with DRY=1 all is done
# but that.
WRANGLER := WRANGLER_SEND_METRICS=false npm exec --yes --package=wrangler@4.86.0 -- wrangler

edge-deploy: edge-build
	@$(WRANGLER) --version >/dev/null 2>&1 || { echo "wrangler 4.86.0 could not be installed: connect this machine to npm's registry once"; exit 1; }
	cd wasm/edge && $(WRANGLER) deploy --config wrangler.json $(if $(DRY),--dry-run --outdir $(CURDIR)/build/edge-dry)

# --- packs of real graphs -----------------------------------------------------

# Makes assets/packs/debian-mini.pack of the index of a Debian release: the whole
# graph as a data set, a teacher trained on all of it, and a part around packages
# that people know. "apt-get indextargets" says where apt keeps an index; RELEASE
# is the Version in the archive's Release file:
#
#	make packs INDEX=/var/lib/apt/lists/..._Packages.lz4 RELEASE=12.15
#
# The same program and index give the same bytes. The other variables are for
# indexes that are smaller than Debian's.
DEBIAN ?= build/debian
PACK ?= assets/packs/debian-mini.pack
KNOWN ?= assets/packs/well-known.txt
SPLIT ?= few
TEACHER_EPOCHS ?= 60
TARGET ?= 600
NODES ?= 4000

packs:
	@test -f "$(INDEX)" && test -n "$(RELEASE)" || { echo "say of what: make packs INDEX=/path/to/Packages.lz4 RELEASE=12.15"; exit 1; }
	rm -rf $(DEBIAN)
	mkdir -p $(DEBIAN)
	CGO_ENABLED=0 go build -trimpath -buildvcs=false -o $(DEBIAN)/abkd ./cmd/abkd
	cp "$(INDEX)" $(DEBIAN)/Packages
	cd $(DEBIAN) && ./abkd import Packages --release $(RELEASE) --out debian
	cd $(DEBIAN) && ./abkd train --data debian --split $(SPLIT) --layers 3 --hidden 128 --sampler full --epochs $(TEACHER_EPOCHS) --out teacher.safetensors
	cp $(KNOWN) $(DEBIAN)/well-known.txt
	cd $(DEBIAN) && ./abkd pack --data debian --split $(SPLIT) --teacher teacher.safetensors --target $(TARGET) --nodes $(NODES) --prefer well-known.txt --out debian-mini.pack
	cp $(DEBIAN)/debian-mini.pack $(PACK)
	$(DEBIAN)/abkd info --data $(PACK)

# Computes assets/packs/debian-mini-seeds.json anew, the learning curves that the
# page shows behind those of its own run: after what it opens with has changed,
# which its build and a test say. It takes some minutes.
seeds:
	go run ./site/gen -seeds

# Computes assets/packs/debian-mini-studies.json anew, what the scenes of many runs
# open with, after the runs that they would begin have changed, or what these come
# to. It takes some minutes.
studies: $(WEB)/node_modules/.installed
	mkdir -p build
	cd $(WEB) && node studies.mjs > $(CURDIR)/build/studies.json
	go run ./site/gen -studies build/studies.json

# Runs all lessons on ten seeds each and writes assets/lessons/outcomes.json anew,
# of which a test holds what the lessons say: after what one of them runs has
# changed, or what it comes to, which tests say. It takes some minutes.
lessons:
	go run ./site/gen -lessons

# --- studies by the fair protocol ---------------------------------------------

# All criteria on the eight graph/splits of RESULTS.md, and the graphs together:
# make fair DATA=data JOBS=2. DATA has the folders of the data sets; JOBS is how
# many runs go on side by side. It goes on where it was ended; make fair-cora does one.
DATA ?= data
JOBS ?= 1
FAIR := build/fair
PLANETOID := --split public --model gcn --row-normalise --decay 0.0005 --teacher-layers 2 --teacher-hidden 256 --layers 2 --hidden 7 --teacher-epochs 200 --epochs 200
TYPED := --teacher-layers 3 --teacher-hidden 128 --teacher-epochs 60 --layers 2
STUDY_cora := cora $(PLANETOID)
STUDY_citeseer := citeseer $(PLANETOID)
STUDY_vispub-time := vispub --split time $(TYPED) --hidden 7 --epochs 100
STUDY_vispub-random := vispub --split random $(TYPED) --hidden 7 --epochs 100
STUDY_heco_acm := heco_acm --split label60 $(TYPED) --hidden 4 --epochs 100
STUDY_aminer := aminer_academic2 --split time $(TYPED) --hidden 7 --epochs 100
STUDY_debian-few := debian --split few --sampler full --eval-every 2 $(TYPED) --hidden 6 --epochs 150
STUDY_debian-random := debian --split random --sampler full --eval-every 2 $(TYPED) --hidden 6 --epochs 150
STUDIES := cora citeseer vispub-time vispub-random heco_acm aminer debian-few debian-random

fair: $(STUDIES:%=fair-%)
	./build/abkd study $$(dirname $(FAIR)/*/fair.json)

$(STUDIES:%=fair-%): fair-%: build/abkd
	@if [ -e $(DATA)/$(firstword $(STUDY_$*)) ]; \
		then ./build/abkd study --data $(DATA)/$(STUDY_$*) --jobs $(JOBS) --out $(FAIR)/$*; \
		else echo "$(DATA)/$(firstword $(STUDY_$*)) is not there: $* is left out"; fi

# --- licences ---------------------------------------------------------------

# Writes assets/licences/THIRD-PARTY.txt, which the programs and the page carry:
# after go.mod, a package-lock.json or a font has changed. The page's build and
# a test say when that is due.
licences: needs $(PAGE_PARTS) $(GEN)/licences.txt
	cd $(WEB) && LICENCES=list npm run build
	go run ./site/gen/licences -bundled build/bundled.txt

# The bars of the page, on a machine that does nothing else: the course played to its
# end in both languages, by keys alone too, axe in every step of scenes and lessons,
# bytes and hosts that are asked, colours as everybody sees them, the hash of a run on other
# processors where qemu-user is installed, Lighthouse, and known faults of what is
# used. It takes a quarter of an hour and asks the network, so it is no test. Each
# part can be run apart: make audit-course ONLY='sitting 2'; make -k audit runs all of them,
# whatever fails.
AUDITS := course scenes-access story delivery
ONLY ?= .
QEMU := arm64:aarch64 riscv64:riscv64 s390x:s390x

.PHONY: $(AUDITS:%=audit-%) audit-hash audit-lighthouse audit-faults

audit: $(AUDITS:%=audit-%) audit-hash audit-lighthouse audit-faults

$(AUDITS:%=audit-%): audit-%: needs site build/abkd tools
	cd $(WEB) && node --test --test-reporter=spec --test-concurrency=1 --test-name-pattern='$(ONLY)' test/$*.mjs

audit-hash: needs
	@for pair in $(QEMU); do \
		qemu=$$(command -v qemu-$${pair#*:}-static || command -v qemu-$${pair#*:}) || { echo "qemu-$${pair#*:} is not installed: nothing is known of $${pair%:*}"; continue; }; \
		echo "$${pair%:*}: $$(GOARCH=$${pair%:*} go test -exec $$qemu -run TestSameHashEverywhere ./sim)" || exit 1; \
	done

audit-lighthouse: needs site build/abkd tools
	@npm exec --yes --package=lighthouse@12.8.2 -- lighthouse --version >/dev/null 2>&1 || { echo "npm could not fetch Lighthouse: nothing is known of its scores"; exit 0; }; \
	node $(WEB)/lighthouse.mjs build/abkd $(WEB)/dist

audit-faults: needs $(WEB)/node_modules/.installed
	@GOBIN=$(CURDIR)/build go install golang.org/x/vuln/cmd/govulncheck@v1.1.4 && status=0 && { build/govulncheck ./... || status=$$?; }; \
	test "$${status:-1}" = 0 || test "$${status:-1}" = 3 || echo "govulncheck could not ask vuln.go.dev: nothing is known of the Go modules"; \
	for dir in $(WEB) $(KERNEL) wasm/bench wasm/edge; do \
		echo "npm audit in $$dir"; \
		said=$$(cd $$dir && npm audit 2>&1) || { status=1; case "$$said" in *"npm error"*) said="npm could not ask its registry: nothing is known of the packages in $$dir"; esac; }; \
		echo "$$said"; \
	done; exit $${status:-1}

# --- tests ------------------------------------------------------------------

test: needs tools cluster check test-go test-screen test-race test-mpi test-wasm test-web test-edge test-browser

check:
	@bad=$$(gofmt -l $(filter %.go,$(SOURCES))); test -z "$$bad" || { echo "not formatted, run gofmt -w: $$bad"; exit 1; }
	go vet ./...
	$(WASM) go vet $(CORE) ./wasm/...
	go tool staticcheck ./...

# Go's own limit, ten minutes a package, is for a machine that does nothing else.
PATIENT := -timeout 40m

test-go:
	go test $(PATIENT) ./...
	go test $(PATIENT) -tags purego $(ON_KERNELS)

# The stage's pixels and the window, on a display of their own.
test-screen: tools
	xvfb-run -a -s '-screen 0 1280x800x24' go test $(PATIENT) ./sim/screen ./cmd/internal/window

# What has goroutines. The tests of cmd/abkd run the program, which is then built
# with the detector too: those in which several things are done at once.
test-race:
	go test $(PATIENT) -race ./cmd/internal/... ./gnn/internal/kernel ./gnn/parallel ./sim/study ./sim/study/store ./site/lab
	go test $(PATIENT) -race -run Prefetch ./gnn/sample
	go test $(PATIENT) -race -run 'Cache|Open|Read|RoundTrip|Progress' ./gnn/graph ./gnn/ogb
	go test $(PATIENT) -race -run 'Jobs|Interrupt|Divided|Twice|BenchScale|Metrics|ServeServes' ./cmd/abkd

# Processes that mpirun starts, as ranks, some of which are killed: make test-mpi
# KILLS=50 kills so many.
KILLS ?= 3
HAVE_MPI := command -v mpirun && command -v mpicc
INSTALL_MPI := apt-get install -y --no-install-recommends libopenmpi-dev openmpi-bin

test-mpi: needs cluster
	@if ! { $(HAVE_MPI); } >/dev/null; then \
		echo "The tests of several processes are left out, as there is no MPI; on Debian: sudo $(INSTALL_MPI)"; exit 0; \
	fi; \
	export CC=mpicc; \
	go vet -tags mpi ./cmd/abkd-mpi ./cmd/internal/mpi && go test $(PATIENT) -tags mpi ./cmd/abkd-mpi -kills $(KILLS)

# What the tests of several processes want: MPI and Slurm. As root they are
# installed; where they cannot be, a sentence says that these tests are left out.
HAVE_SLURM := command -v slurmctld && command -v slurmd && command -v munged
INSTALL_CLUSTER := $(INSTALL_MPI) slurm-wlm munge

cluster:
	@{ $(HAVE_MPI) && $(HAVE_SLURM); } >/dev/null && exit 0; \
	if test "$$(id -u)" = 0 && command -v apt-get >/dev/null; then \
		echo "The tests of several processes need MPI and Slurm. As root this now runs: apt-get update && $(INSTALL_CLUSTER)"; \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(INSTALL_CLUSTER) -qq >/dev/null; } && exit 0; \
	fi; \
	echo "Tests of several processes are left out, as MPI or Slurm is not there; on Debian: sudo $(INSTALL_CLUSTER)"

# The core in WebAssembly under Node: on Go's own code, and on both kernel modules.
test-wasm: build/kernel/simd128.wasm
	cd $(KERNEL) && node --test test/
	ABKD_KERNEL=none $(WASM) go test $(PATIENT) $(NODE_WASM) $(CORE)
	for kernel in simd128 relaxed; do ABKD_KERNEL=$$kernel $(WASM) go test $(PATIENT) $(NODE_WASM) $(ON_KERNELS) || exit 1; done

test-web: $(WEB)/node_modules/.installed $(GEN)/teacher.safetensors $(GEN)/glossary.json
	cd $(WEB) && npm run check && npm test

# The Worker in Cloudflare's runtime, and a deployment as far as that goes without an account.
test-edge: edge-build wasm/edge/node_modules/.installed
	go vet -tags edge ./wasm/edge
	go test $(PATIENT) -tags edge ./wasm/edge
	@if $(WRANGLER) --version >/dev/null 2>&1; then $(MAKE) edge-deploy DRY=1; else echo "wrangler 4.86.0 could not be installed: no deployment was tried"; fi

test-browser: site edge-build wasm/edge/node_modules/.installed build/abkd tools
	cd $(WEB) && npm run test:browser

# --- benchmarks: they write their sections of RESULTS.md ----------------------

BENCH := build/bench-site
OPENBLAS := printf '\043include <cblas.h>\nint main(void) { return 0; }\n' | cc -x c - -lopenblas -o /dev/null 2>/dev/null && echo openblas
TFJS := wasm/bench/node_modules/@tensorflow

# Beside gonum and, where they are installed, OpenBLAS and PyTorch; DATA=folder times that graph too.
bench:
	go run -tags "$$($(OPENBLAS))" ./gnn/internal/bench -results RESULTS.md $(if $(DATA),-data $(DATA))

# bench.html in a browser, beside TensorFlow.js.
bench-web: $(BENCH)/bench.html build/abkd tools
	node $(WEB)/bench.mjs $(BENCH) | tee /dev/stderr | go run ./gnn/internal/bench -results RESULTS.md -section web

# The same for people to look at.
bench-page: $(BENCH)/bench.html build/abkd
	./build/abkd serve --dir $(BENCH) --port $(PORT)

# A copy of the site with TensorFlow.js in it. The site itself never has it.
$(BENCH)/bench.html: $(WEB)/dist/index.html wasm/bench/node_modules/.installed
	rm -rf $(BENCH)
	cp -r $(WEB)/dist $(BENCH)
	mkdir $(BENCH)/tensorflow
	cp $(TFJS)/tfjs/dist/tf.es2017.min.js $(TFJS)/tfjs-backend-wasm/dist/tf-backend-wasm.es2017.min.js $(TFJS)/tfjs-backend-wasm/dist/*.wasm $(BENCH)/tensorflow/
	sed -i "s/name=\"tensorflow\" content=\"\"/name=\"tensorflow\" content=\"$$(node -p "require('./$(TFJS)/tfjs/package.json').version")\"/" $@

wasm/bench/node_modules/.installed: wasm/bench/package-lock.json | needs
	cd wasm/bench && $(NPM_CI) || $(NO_NPM)
	touch $@

# Programs that the tests need besides Go and Node, from Debian.
PACKAGES := chromium xvfb xauth gcc libc6-dev libgl1 libgl1-mesa-dri libegl1 libx11-6 libxrandr2 libxcursor1 libxinerama1 libxi6 libxrender1 libxext6
HAVE_TOOLS := command -v chromium && command -v xvfb-run && command -v cc && test -n "$$(find /usr/lib -name 'libGL.so.1' -print -quit)"
INSTALL := apt-get install -y --no-install-recommends $(PACKAGES)

# As root it installs them, after it has said which; others are told.
tools:
	@{ $(HAVE_TOOLS); } >/dev/null && exit 0; \
	if test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null; then \
		echo "The tests need a browser, a display to draw on and a C compiler; on Debian: sudo $(INSTALL)"; exit 1; \
	fi; \
	echo "The tests need a browser, a display to draw on and a C compiler. As root this now runs: apt-get update && $(INSTALL)"; \
	{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(INSTALL) -qq >/dev/null; } \
		|| { echo "They could not be installed: connect this machine to the network, or install them by hand: $(PACKAGES)"; exit 1; }

# What a request costs the Worker beside a static file, for RESULTS.md.
bench-edge: edge-build wasm/edge/node_modules/.installed
	go test $(PATIENT) -tags edge -run '^$$' -bench . -benchtime 3000x ./wasm/edge

# How much faster two hosts are than one, each a network namespace with a processor of
# its own, for RESULTS.md. It wants root, and a machine that does nothing else.
ROUNDS ?= 5

bench-mpi: cluster
	CC=mpicc go test $(PATIENT) -tags mpi -run '^$$' -bench TwoHosts -benchtime $(ROUNDS)x ./cmd/abkd-mpi

# Gives the module another path, such as the address where it is published.
rename:
	@test -n "$(MODULE)" || { echo "say which: make rename MODULE=example.org/abkd"; exit 1; }
	old=$$(go list -m) && go mod edit -module=$(MODULE) && \
		git grep -lIF "$$old/" | xargs sed -i -E "s#([\" ])$$old/(assets|gnn|internal|kd|sim|site|wasm|cmd)#\1$(MODULE)/\2#g; s#=$$old([@=])#=$(MODULE)\1#g"

clean:
	rm -rf build $(KERNEL)/node_modules wasm/bench/node_modules wasm/edge/node_modules $(WEB)/dist $(GEN) $(WEB)/src/generated $(WEB)/node_modules
