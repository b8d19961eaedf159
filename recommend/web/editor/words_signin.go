package editor

var signInTexts = table{
	"sign-in.title":    {"Sign in", "登录", "登入"},
	"sign-in.lead":     {"The links under your articles, in your hands.", "文章下方的链接，由你掌握。", "文章下方的連結，由你掌握。"},
	"sign-in.name":     {"Name", "用户名", "使用者名稱"},
	"sign-in.password": {"Password", "密码", "密碼"},
	"sign-in.submit":   {"Sign in", "登录", "登入"},
	"sign-in.wrong":    {"Name and password do not belong together.", "用户名或密码不正确。", "使用者名稱或密碼不正確。"},
	"sign-in.wait":     {"There were too many attempts. Try again in %d minute; whoever runs the server can give you a new password.|There were too many attempts. Try again in %d minutes; whoever runs the server can give you a new password.", "尝试次数过多，请在 %d 分钟后再试；服务器管理员可以为你设置新密码。", "嘗試次數過多，請在 %d 分鐘後再試；伺服器管理員可以為你設定新密碼。"},
	"sign-in.nobody":   {"There are no accounts yet. On the server, this makes one and prints its password:", "还没有账号。在服务器上运行下面的命令即可创建，并显示密码：", "還沒有帳號。在伺服器上執行下面的指令即可建立，並顯示密碼："},
	"sign-in.out":      {"Sign out", "退出登录", "登出"},
}
