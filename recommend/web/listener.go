package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// maxHeaderBytes bounds a request's line and header; net/http adds 4 kB.
const maxHeaderBytes = 64 << 10

// A plainListener listens to connections over which net/http, where it cannot read
// a request, says so in problem details like everybody here. What it says then it
// writes past every handler, as plain text.
type plainListener struct{ net.Listener }

func (l plainListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return plainConn{tcp}, nil
	}
	return conn, err
}

type plainConn struct{ *net.TCPConn }

// plainHeader is the header of what net/http refuses, and of nothing else.
var plainHeader = []byte("\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n")

// Write implements net.Conn.
func (c plainConn) Write(b []byte) (int, error) {
	const longest = 200 // first line and header, in bytes
	line, _, refused := bytes.Cut(b[:min(len(b), longest)], plainHeader)
	if !refused || !bytes.HasPrefix(line, []byte("HTTP/1.1 ")) || bytes.IndexByte(line, '\n') >= 0 {
		return c.TCPConn.Write(b)
	}
	if _, err := c.TCPConn.Write(plainProblem(string(line))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// plainProblem is the answer that stands for one of net/http's, of which line is
// the first: "HTTP/1.1 400 Bad Request: malformed Host header".
func plainProblem(line string) []byte {
	status, _ := strconv.Atoi(line[len("HTTP/1.1 "):][:len("400")])
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: "this is no HTTP request that can be read"}
	if _, reason, told := strings.Cut(line, ": "); told {
		p.Detail += ": " + reason
	}
	if status == http.StatusRequestHeaderFieldsTooLarge {
		p.Detail = fmt.Sprintf("the request's address and header are over %d kB", maxHeaderBytes>>10)
	}
	body, _ := json.Marshal(p) // text and a number
	return fmt.Appendf(nil, "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\nContent-Length: %d\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n%s",
		status, p.Title, len(body), body)
}
