// Predicts a penguin and a digit: Predict.exe SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE

using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Runtime.InteropServices;
using System.Text;
using Sidekick;

/// <summary>A call that failed.</summary>
public sealed class SidekickException : Exception
{
    public readonly int Status;

    public SidekickException(int status, string message) : base(message)
    {
        Status = status;
    }
}

public static class Predict
{
    delegate int Call(ref IntPtr error);

    /// <summary>Makes a call with a place for its error, and throws what went wrong.</summary>
    static void Check(Call call)
    {
        IntPtr error = IntPtr.Zero;
        int status = call(ref error);
        if (status == Native.SIDEKICK_OK)
        {
            return;
        }
        UIntPtr length = UIntPtr.Zero;
        IntPtr message = Native.sidekick_error_message(error, ref length);
        string text = Text(message, length);
        Native.sidekick_error_free(error);
        throw new SidekickException(status, text);
    }

    /// <summary>Text that the library hands out. Marshal.PtrToStringAnsi would take it for another encoding.</summary>
    static string Text(IntPtr pointer, UIntPtr length)
    {
        byte[] bytes = new byte[(int)length];
        Marshal.Copy(pointer, bytes, 0, bytes.Length);
        return Encoding.UTF8.GetString(bytes);
    }

    static byte[] Bytes(string text)
    {
        return Encoding.UTF8.GetBytes(text);
    }

    static UIntPtr Size(byte[] bytes)
    {
        return (UIntPtr)bytes.Length;
    }

    /// <summary>Predicts one row of a deployment: `fill` adds its values, `read` gets the predictions.</summary>
    static void PredictRow(string url, string token, Action<IntPtr> fill, Action<IntPtr> read)
    {
        byte[] address = Bytes(url), secret = Bytes(token);
        IntPtr deployment = IntPtr.Zero, rows = IntPtr.Zero, predictions = IntPtr.Zero;
        try
        {
            Check((ref IntPtr error) => Native.sidekick_deployment_open(
                address, Size(address), secret, Size(secret), IntPtr.Zero, IntPtr.Zero, ref deployment, ref error));
            Check((ref IntPtr error) => Native.sidekick_rows_new(deployment, ref rows, ref error));
            fill(rows);
            Check((ref IntPtr error) => Native.sidekick_rows_end_row(rows, ref error));
            Check((ref IntPtr error) => Native.sidekick_deployment_predict(
                deployment, rows, IntPtr.Zero, ref predictions, ref error));
            read(predictions);
        }
        finally
        {
            // What was not made is zero, which every _free takes.
            Native.sidekick_predictions_free(predictions);
            Native.sidekick_rows_free(rows);
            Native.sidekick_deployment_free(deployment);
        }
    }

    /// <summary>Prints the most probable category of the first output.</summary>
    static void PrintTop(string what, IntPtr predictions)
    {
        IntPtr label = IntPtr.Zero;
        UIntPtr length = UIntPtr.Zero;
        double probability = 0;
        Check((ref IntPtr error) => Native.sidekick_predictions_top(predictions, UIntPtr.Zero, UIntPtr.Zero,
            UIntPtr.Zero, ref label, ref length, ref probability, ref error));
        string text = probability.ToString("F4", CultureInfo.InvariantCulture);
        Console.WriteLine(what + " " + Text(label, length) + " " + text);
    }

    static void AddCategory(IntPtr rows, string name, string label)
    {
        byte[] input = Bytes(name), value = Bytes(label);
        Check((ref IntPtr error) => Native.sidekick_rows_add_category(
            rows, input, Size(input), value, Size(value), ref error));
    }

    static void AddNumber(IntPtr rows, string name, double number)
    {
        byte[] input = Bytes(name);
        Check((ref IntPtr error) => Native.sidekick_rows_add_number(rows, input, Size(input), number, ref error));
    }

    static void AddPenguin(IntPtr rows)
    {
        AddCategory(rows, "island", "Biscoe");
        AddCategory(rows, "sex", "female");
        AddNumber(rows, "bill length (mm)", 46.1);
        AddNumber(rows, "bill depth (mm)", 13.2);
        AddNumber(rows, "flipper length (mm)", 211);
        AddNumber(rows, "year", 2007);
    }

    static void PrintPenguin(IntPtr predictions)
    {
        double mass = 0;
        PrintTop("species", predictions);
        Check((ref IntPtr error) => Native.sidekick_predictions_number(
            predictions, (UIntPtr)1, UIntPtr.Zero, ref mass, ref error));
        Console.WriteLine("mass " + mass.ToString("F1", CultureInfo.InvariantCulture));
    }

    static void AddImage(IntPtr rows, string path)
    {
        byte[] input = Bytes("image"), file = Bytes(path);
        Check((ref IntPtr error) => Native.sidekick_rows_add_image_file(
            rows, input, Size(input), file, Size(file), ref error));
    }

    public static int Main(string[] arguments)
    {
        if (arguments.Length != 4)
        {
            Console.Error.WriteLine("usage: Predict.exe SERVER PENGUINS-TOKEN DIGITS-TOKEN IMAGE");
            return 2;
        }
        try
        {
            PredictRow(arguments[0] + "/deployment/penguins", arguments[1], AddPenguin, PrintPenguin);
            PredictRow(arguments[0] + "/deployment/digits", arguments[2],
                rows => AddImage(rows, arguments[3]), predictions => PrintTop("digit", predictions));
            return 0;
        }
        catch (SidekickException failure)
        {
            Console.Error.WriteLine("error " + failure.Status + ": " + failure.Message);
            return 1;
        }
    }
}
