using System.Diagnostics;
using System.Globalization;
using MathNet.Numerics;
using MathNet.Numerics.Distributions;
using MathNet.Numerics.LinearAlgebra;

// Math.NET Numerics, its managed provider: C = A·B, all three 1024 × 1024. The argument is the number of threads.
const int N = 1024;
Control.UseManaged();
Control.MaxDegreeOfParallelism = int.Parse(args[0], CultureInfo.InvariantCulture);
var uniform = new ContinuousUniform(-0.5, 0.5);
var build = Matrix<float>.Build;
Matrix<float> a = build.Random(N, N, uniform), b = build.Random(N, N, uniform), c = build.Dense(N, N);
a.Multiply(b, c);                                           // for the JIT
var seconds = new List<double>();
for (var deadline = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(deadline).TotalSeconds < 1 || seconds.Count < 5;)
{
    var started = Stopwatch.GetTimestamp();
    a.Multiply(b, c);
    seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
}
var version = typeof(Control).Assembly.GetName().Version?.ToString(3);
var list = string.Join(", ", seconds);
Console.WriteLine($"{{\"seconds\": [{list}], \"version\": \"Math.NET Numerics {version}, managed provider\"}}");
