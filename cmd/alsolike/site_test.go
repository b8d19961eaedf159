package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The programs that the page on the site's side shows do what it says, against the
// demo. Those for which there is no interpreter here are left out.
func TestSitePrograms(t *testing.T) {
	oneByOne(t)
	page := topicText("site")
	c := newConsole(t)
	c.demo()
	program := func(language string) string {
		t.Helper()
		_, rest, ok := strings.Cut(page, "```"+language+"\n")
		if !ok {
			t.Fatalf("the page has no program in %s", language)
		}
		code, _, _ := strings.Cut(rest, "```")
		return strings.ReplaceAll(code, "http://localhost:8080", c.server.base)
	}
	output := func(language string) string {
		_, rest, _ := strings.Cut(page, "```"+language+"\n")
		_, rest, _ = strings.Cut(rest, "```text\n")
		text, _, _ := strings.Cut(rest, "```")
		return text
	}
	start := func(t *testing.T, file, code, name string, args ...string) string {
		t.Helper()
		if _, err := exec.LookPath(name); err != nil {
			t.Skipf("there is no %s", name)
		}
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, file), []byte(code), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), name, append(args, file)...)
		cmd.Dir = dir
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s: %v\n%s", name, err, out)
		}
		return string(out)
	}
	for _, tc := range []struct{ language, file, name, arg string }{
		{"go", "main.go", "go", "run"},
		{"js", "related.mjs", "node", "--no-warnings"},
	} {
		t.Run(tc.language, func(t *testing.T) {
			got := start(t, tc.file, program(tc.language), tc.name, tc.arg)
			if want := output(tc.language); got != want || strings.Count(got, "\n") != 2 {
				t.Errorf("it prints\n%s\nand the page says\n%s", got, want)
			}
		})
	}
	t.Run("php", func(t *testing.T) {
		got := start(t, "post.php", wordPress+strings.TrimPrefix(program("php"), "<?php")+wordPressPost, "php")
		fragments := regexp.MustCompile(`(?s)<p>The post\.</p><section class="alsolike".*?<ol>.*?</ol>.*?</section>`).FindAllString(got, -1)
		if len(fragments) != 2 || strings.Count(fragments[0], "<li>") != 3 || fragments[1] != fragments[0] {
			t.Errorf("got\n%s", got)
		}
		if !strings.Contains(got, "asked 2 times, kept for 300 60\n") || !strings.Contains(got, "styles: "+c.server.base+"/widget.css\n") {
			t.Errorf("got\n%s", got)
		}
	})
}

// A site of Hugo has the lists that the page tells how to make.
func TestSiteOfHugo(t *testing.T) {
	if _, err := exec.LookPath("hugo"); err != nil {
		t.Skip("there is no hugo")
	}
	c := newConsole(t)
	for _, part := range parts(topicText("site")) {
		if strings.HasPrefix(part, "## Static sites\n") {
			c.runAll(part)
			_, rest, _ := strings.Cut(part, "```go-html-template\n")
			partial, _, _ := strings.Cut(rest, "```")
			for file, text := range map[string]string{"layouts/partials/related.html": partial, "layouts/_default/single.html": `{{ partial "related.html" . }}`} {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	if out, err := exec.CommandContext(t.Context(), "hugo", "--quiet", "--config", "hugo.yaml").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for page, want := range map[string]string{"cranes": `<li><a href="/news/ships/">Fourteen ships at anchor</a></li>`, "ships": `<li><a href="/news/cranes/">Five electric cranes</a></li>`} {
		got, err := os.ReadFile(filepath.Join("public", "news", page, "index.html"))
		if err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s: %v\n%s", page, err, got)
		}
	}
}

// wordPress is as much of it as the plugin needs.
const wordPress = `<?php
error_reporting( E_ALL );
set_error_handler( function ( $no, $text ) { throw new Exception( $text ); } );
$filters = array(); $kept = array(); $asked = 0; $seconds = array();
function add_filter( $name, $f ) { global $filters; $filters[ $name ] = $f; }
function add_action( $name, $f ) { add_filter( $name, $f ); }
function is_singular( $type ) { return $type === 'post'; }
function in_the_loop() { return true; }
function get_the_ID() { global $post; return $post; }
function get_transient( $key ) { global $kept; return $kept[ $key ] ?? false; }
function set_transient( $key, $value, $for ) { global $kept, $seconds; $kept[ $key ] = $value; $seconds[] = $for; }
function wp_enqueue_style( $name, $url ) { echo "styles: $url\n"; }
function wp_remote_get( $url, $args ) {
	global $asked;
	$asked++;
	$body = file_get_contents( $url, false, stream_context_create( array( 'http' => array( 'timeout' => $args['timeout'], 'ignore_errors' => true ) ) ) );
	return array( 'code' => (int) explode( ' ', $http_response_header[0] )[1], 'body' => $body );
}
function wp_remote_retrieve_response_code( $answer ) { return $answer['code']; }
function wp_remote_retrieve_body( $answer ) { return $answer['body']; }
`

// wordPressPost shows a post twice, and one that nobody knows.
const wordPressPost = `
foreach ( array( 'en/harbour-cranes', 'en/harbour-cranes', 'nobody' ) as $post ) {
	echo $filters['the_content']( '<p>The post.</p>' ), "\n";
}
$filters['wp_enqueue_scripts']();
echo "asked $asked times, kept for ", implode( ' ', $seconds ), "\n";
`
