using System.Diagnostics;
using Nabla.Algebra;

namespace Nabla.Tests.Files;

public sealed class FuzzTests
{
    /// <summary>Whatever becomes of the bytes, the file is loaded or refused, quickly and without much memory.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void A_mutated_model_is_loaded_or_refused(int mutations)
    {
        var random = new RandomGenerator(20, stream: (ulong)mutations);
        var original = Example.Bytes(Example.NewModel());
        int loaded = 0, refused = 0;
        for (var round = 0; round < 4000; round++)
        {
            var bytes = original.ToList();
            for (var m = 0; m < mutations; m++)
                Mutate(bytes, random);
            byte[] content = [.. bytes];
            var started = Stopwatch.GetTimestamp();
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                Example.Load(content);
                loaded++;
            }
            catch (InvalidDataException)
            {
                refused++;
            }
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 200_000);
            Assert.InRange(Stopwatch.GetElapsedTime(started).TotalSeconds, 0, 5);
        }
        Assert.InRange(loaded, 10, 4000);               // a bit of a weight is no harm
        Assert.InRange(refused, 1000, 4000);
    }

    /// <summary>Bits flipped, bytes set, cut, added and repeated; half of it where the structure is.</summary>
    private static void Mutate(List<byte> bytes, RandomGenerator random)
    {
        if (bytes.Count == 0)
            return;
        var at = random.NextInt(random.NextInt(2) == 0 ? bytes.Count : Math.Min(bytes.Count, 40));
        switch (random.NextInt(7))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.NextInt(8));
                break;
            case 1:
                bytes[at] = (byte)random.NextInt(256);
                break;
            case 2:
                bytes[at] = "{}[]\",:0123456789-.e\\\0\u00ff"u8[random.NextInt(22)];
                break;
            case 3:
                bytes.RemoveRange(at, Math.Min(random.NextInt(9), bytes.Count - at));
                break;
            case 4:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 5:
                bytes.Insert(at, (byte)random.NextInt(256));
                break;
            default:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.NextInt(60), bytes.Count - at)));
                break;
        }
    }
}
