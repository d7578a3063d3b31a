using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Nabla.Tests.Data;

/// <summary>A web server for tests, on this machine alone. It answers each request with the given bytes.</summary>
public sealed class LoopbackServer : IDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly Func<string, byte[]> answer;
    private readonly bool hold;

    /// <param name="answer">Returns the bytes to answer with, header and all, for the requested path.</param>
    /// <param name="hold">
    /// Whether a connection stays open after its answer until the client leaves, as if more data were to follow.
    /// </param>
    public LoopbackServer(Func<string, byte[]> answer, bool hold = false)
    {
        this.answer = answer;
        this.hold = hold;
        listener.Start();
        Address = new($"http://{listener.LocalEndpoint}/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    /// <summary>The requested paths, in order.</summary>
    public List<string> Asked { get; } = [];

    public static byte[] Ok(byte[] body, int? length = null) =>
    [
        .. Encoding.ASCII.GetBytes(
            $"HTTP/1.1 200 OK\r\nContent-Length: {length ?? body.Length}\r\nConnection: close\r\n\r\n"),
        .. body,
    ];

    public static byte[] NotFound() =>
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray();

    public void Dispose() => listener.Dispose();

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // the test is over
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var stream = client.GetStream();
                using var reader = new StreamReader(stream);
                var path = (await reader.ReadLineAsync() ?? "GET / ").Split(' ')[1].TrimStart('/');
                while (await reader.ReadLineAsync() is { Length: > 0 })
                {
                    // the header of the request
                }
                Asked.Add(path);
                await stream.WriteAsync(answer(path));
                if (hold)
                    await reader.ReadLineAsync();
            }
            catch (IOException)
            {
                // the client left
            }
        }
    }
}
